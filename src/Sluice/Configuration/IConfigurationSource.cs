namespace Sluice.Configuration;

/// <summary>One consistent state of the configuration.</summary>
/// <param name="Config">File, environment and database, merged and validated.</param>
/// <param name="Generation">Raised by one with every change; shown in health.</param>
internal sealed record ConfigSnapshot(SluiceConfig Config, long Generation);

/// <summary>The configuration in force. A change is validated as a whole and swapped in as a whole, or the old one stays.</summary>
internal interface IConfigurationSource
{
    ConfigSnapshot Current { get; }

    /// <summary>Raised after <see cref="Current"/> has changed; handlers are quick and do not throw.</summary>
    event Action<ConfigSnapshot>? Changed;

    /// <summary>Reads file and database again; returns what was wrong, in which case the old snapshot stays in force.</summary>
    Task<IReadOnlyList<ConfigError>> ReloadAsync(CancellationToken cancellationToken);
}

/// <summary>What the database adds to the file: providers, credentials and models made through the admin API.</summary>
internal interface IConfigurationOverlay
{
    /// <summary>Adds the database's rows to what the file says. The file wins where both have a name. Applying it twice changes nothing more.</summary>
    SluiceConfig Apply(SluiceConfig config);

    /// <summary>Raised after a committed change.</summary>
    event Action? Changed;
}

/// <summary>A mistake in the configuration, for a person.</summary>
/// <param name="Source">The file's path or the environment variable's name.</param>
/// <param name="Line">From 1; 0 where there is none.</param>
/// <param name="Path">Such as <c>models[0].targets[1].provider</c>.</param>
/// <param name="Message">What is wrong, and the nearest valid name where there is one.</param>
internal sealed record ConfigError(string Source, int Line, string Path, string Message);
