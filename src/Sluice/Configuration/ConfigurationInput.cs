using System.Collections;

namespace Sluice.Configuration;

/// <summary>What the configuration is read from.</summary>
internal sealed record ConfigurationInput
{
    public const string DefaultFile = "sluice.yaml";

    /// <summary>The file as the operator named it; null looks for <c>sluice.yaml</c> and goes without when there is none.</summary>
    public string? File { get; init; }

    /// <summary>The folder that relative paths of the command line start from.</summary>
    public string CurrentDirectory { get; init; } = Environment.CurrentDirectory;

    public IReadOnlyDictionary<string, string> Variables { get; init; } = ProcessVariables();

    /// <summary><c>--urls</c>; null leaves what the configuration says.</summary>
    public string? Urls { get; init; }

    /// <summary><c>--data</c>; null leaves what the configuration says.</summary>
    public string? Data { get; init; }

    public static ConfigurationInput From(ServeOptions options) => new() { File = options.Config, Urls = options.Urls, Data = options.Data };

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessVariables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
