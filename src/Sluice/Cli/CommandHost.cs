using Sluice.Configuration;

namespace Sluice.Cli;

/// <summary>Starts the simulator at the addresses (semicolon-separated) and returns what stops it.</summary>
internal delegate Task<IAsyncDisposable> StartSimulator(string urls, int? seed, CancellationToken cancellationToken);

/// <summary>Everything a command touches outside itself, so that tests can put something else there.</summary>
internal sealed record CommandHost
{
    public TextWriter Out { get; init; } = Console.Out;

    public TextWriter Error { get; init; } = Console.Error;

    public IReadOnlyDictionary<string, string> Variables { get; init; } = ConfigurationInput.ProcessVariables();

    public string CurrentDirectory { get; init; } = Environment.CurrentDirectory;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>True when a person reads the output: colours and the terminal's width may be used.</summary>
    public bool OutIsTerminal { get; init; } = !Console.IsOutputRedirected;

    /// <summary>Builds the service without starting it; throws <see cref="ConfigException"/>.</summary>
    public required Func<ServeOptions, WebApplication> BuildApplication { get; init; }

    public required Func<ProviderTypeCatalog> ProviderTypes { get; init; }

    /// <summary>Null in a build without the simulator.</summary>
    public StartSimulator? StartSimulator { get; init; }

    /// <summary>Colours are for terminals, and not where <c>NO_COLOR</c> holds anything (https://no-color.org).</summary>
    public bool UseColor => OutIsTerminal && string.IsNullOrEmpty(Variables.GetValueOrDefault("NO_COLOR")) && Variables.GetValueOrDefault("TERM") != "dumb";

    /// <summary>The user's home folder.</summary>
    public string Home => Variables.GetValueOrDefault("HOME") ?? Variables.GetValueOrDefault("USERPROFILE") ?? CurrentDirectory;

    /// <summary>Reads the configuration as <c>serve</c> would, without the database's part.</summary>
    public LoadedConfiguration Load(ServeOptions options)
    {
        var loader = Loader(options);
        return loader.Complete(loader.Read());
    }

    /// <summary>As <see cref="Load"/>, and targets may name providers that only the database knows.</summary>
    public LoadedConfiguration LoadBeforeDatabase(ServeOptions options)
    {
        var loader = Loader(options);
        return loader.Complete(loader.Read(), beforeDatabase: true);
    }

    private ConfigurationLoader Loader(ServeOptions options) => new(
        ConfigurationInput.From(options) with { CurrentDirectory = CurrentDirectory, Variables = Variables },
        ProviderTypes());
}
