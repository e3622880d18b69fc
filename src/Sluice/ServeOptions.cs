namespace Sluice;

/// <summary>What the command line says of a service to start; null means: as the configuration says.</summary>
internal sealed record ServeOptions
{
    public string? Urls { get; init; }
    public string? Data { get; init; }

    /// <summary>The configuration file; null looks for <c>sluice.yaml</c> in the current folder and goes without when there is none.</summary>
    public string? Config { get; init; }

    /// <summary>True prints machine-readable start-up lines.</summary>
    public bool Json { get; init; }
}
