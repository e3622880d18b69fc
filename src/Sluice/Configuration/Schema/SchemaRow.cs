namespace Sluice.Configuration.Schema;

/// <summary>One setting in the listing of all settings.</summary>
internal sealed record SchemaRow
{
    /// <summary>Such as <c>providers[].credentials[].api_key</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>What it may hold.</summary>
    public string Expected { get; init; } = "";

    /// <summary>The words to choose from, where there are few.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What holds when it is absent; empty when nothing does.</summary>
    public string Default { get; init; } = "";

    public bool Required { get; init; }

    /// <summary>False when this version accepts the setting and does not act on it.</summary>
    public bool InForce { get; init; } = true;

    public string Help { get; init; } = "";
}
