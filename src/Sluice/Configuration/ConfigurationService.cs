namespace Sluice.Configuration;

/// <summary>
/// The configuration in force. Reads file, environment and database, swaps the whole snapshot when all of it is valid, and keeps
/// the old one, with the mistakes logged, when it is not.
/// </summary>
internal sealed partial class ConfigurationService : IConfigurationSource, IHostedService, IAsyncDisposable
{
    private readonly ConfigurationLoader _loader;
    private readonly IConfigurationOverlay? _overlay;
    private readonly ConfigurationWatchOptions _watchOptions;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigurationService> _logger;
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private volatile State _state;
    private ConfigurationWatch? _watch;

    /// <summary>Brings the first configuration into force.</summary>
    /// <param name="loader">Reads it.</param>
    /// <param name="time">The clock and the timers.</param>
    /// <param name="logger">Where reloads and their mistakes are told.</param>
    /// <param name="overlay">The database's part; null without a database.</param>
    /// <param name="watchOptions">How quickly a changed file is noticed; null for the defaults.</param>
    /// <param name="reading">What was read already; null reads now.</param>
    /// <exception cref="ConfigException">The configuration has mistakes.</exception>
    public ConfigurationService(
        ConfigurationLoader loader,
        TimeProvider time,
        ILogger<ConfigurationService> logger,
        IConfigurationOverlay? overlay = null,
        ConfigurationWatchOptions? watchOptions = null,
        ConfigurationReading? reading = null)
    {
        (_loader, _overlay, _time, _logger) = (loader, overlay, time, logger);
        _watchOptions = watchOptions ?? new ConfigurationWatchOptions();
        var loaded = Complete(reading ?? loader.Read());
        if (loaded.Errors.Count > 0)
        {
            throw new ConfigException(loaded.Errors);
        }

        _state = new State(loaded, new ConfigSnapshot(loaded.Config, 1));
        if (overlay is not null)
        {
            overlay.Changed += OnOverlayChanged;
        }
    }

    public event Action<ConfigSnapshot>? Changed;

    public ConfigSnapshot Current => _state.Snapshot;

    /// <summary>What the configuration in force accepts and does not act on.</summary>
    public IReadOnlyList<ConfigWarning> Warnings => _state.Loaded.Warnings;

    /// <summary>The file in force as the operator named it; null when there is none.</summary>
    public string? File => _state.Loaded.File;

    /// <summary>The settings in force with their origins; secrets masked. Made anew with every call.</summary>
    public IReadOnlyList<SettingOrigin> Settings() => _state.Loaded.Settings();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogWarnings(Warnings);
        _watch = new ConfigurationWatch(_loader.FilePath, _state.Loaded.Reading.Stamp, _state.Loaded.Reading.ReferencedFiles, () => ReloadAsync(CancellationToken.None), _watchOptions, _time);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public Task<IReadOnlyList<ConfigError>> ReloadAsync(CancellationToken cancellationToken) => ChangeAsync(ReadAgain, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_overlay is not null)
        {
            _overlay.Changed -= OnOverlayChanged;
        }

        if (Interlocked.Exchange(ref _watch, null) is { } watch)
        {
            await watch.DisposeAsync();
        }
    }

    private LoadedConfiguration Complete(ConfigurationReading reading) => _loader.Complete(reading, _overlay is null ? null : _overlay.Apply);

    // A change in the database stands on the last good reading: it needs no file, and a bad file does not hold it up.
    private void OnOverlayChanged() => _ = ChangeAsync(() => Complete(_state.Loaded.Reading), CancellationToken.None);

    private LoadedConfiguration ReadAgain()
    {
        var reading = _loader.Read();
        _watch?.Follow(reading.ReferencedFiles);
        var loaded = Complete(reading);

        // Some editors delete before they write; nobody means to fall back to a first run.
        return loaded.Errors.Count == 0 && loaded.File is null && _state.Loaded.File is { } gone
            ? loaded with { Errors = [new ConfigError(gone, 0, "", "the file is gone")] }
            : loaded;
    }

    private async Task<IReadOnlyList<ConfigError>> ChangeAsync(Func<LoadedConfiguration> load, CancellationToken cancellationToken)
    {
        await _reloading.WaitAsync(cancellationToken);
        try
        {
            var before = _state.Loaded.Reading;
            var generation = _state.Snapshot.Generation;
            var loaded = load();
            if (loaded.Errors.Count > 0)
            {
                foreach (var error in loaded.Errors)
                {
                    Log.Refused(_logger, error.Format());
                }

                Log.KeptOld(_logger, generation, loaded.Errors.Count);
                return loaded.Errors;
            }

            var snapshot = new ConfigSnapshot(loaded.Config, generation + 1);
            _state = new State(loaded, snapshot);
            Log.Reloaded(_logger, snapshot.Generation);
            if (!ReferenceEquals(before, loaded.Reading))
            {
                LogWarnings(loaded.Warnings);
            }

            Announce(snapshot);
            return [];
        }
        finally
        {
            _reloading.Release();
        }
    }

    private void Announce(ConfigSnapshot snapshot)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                handler(snapshot);
            }
#pragma warning disable CA1031 // One listener's mistake must not keep the others from the new configuration.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.ListenerFailed(_logger, e);
            }
        }
    }

    private void LogWarnings(IReadOnlyList<ConfigWarning> warnings)
    {
        foreach (var warning in warnings)
        {
            Log.Warning(_logger, warning.Format());
        }
    }

    private sealed record State(LoadedConfiguration Loaded, ConfigSnapshot Snapshot);

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Information, "Configuration reloaded, generation {Generation}")]
        public static partial void Reloaded(ILogger logger, long generation);

        [LoggerMessage(1101, LogLevel.Error, "{Error}")]
        public static partial void Refused(ILogger logger, string error);

        [LoggerMessage(1102, LogLevel.Error, "The changed configuration has {Count} mistakes; generation {Generation} stays in force")]
        public static partial void KeptOld(ILogger logger, long generation, int count);

        [LoggerMessage(1103, LogLevel.Warning, "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(1104, LogLevel.Error, "A listener of configuration changes failed")]
        public static partial void ListenerFailed(ILogger logger, Exception exception);
    }
}
