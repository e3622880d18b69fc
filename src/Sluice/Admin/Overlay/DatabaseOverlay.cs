using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Admin.Overlay;

/// <summary>Adds the database's providers, credentials and models to what the file says; the file wins where both have a name.</summary>
internal sealed class DatabaseOverlay : IConfigurationOverlay, IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly ConfigurationStore _store;
    private readonly AdministrationOptions _options;
    private volatile StoredConfiguration _rows;

    public DatabaseOverlay(SqliteDatabase database, ConfigurationStore store, AdministrationOptions options)
    {
        (_database, _store, _options) = (database, store, options);
        _rows = store.Load();
        database.ForeignChange += ReadIfChanged;
    }

    public event Action? Changed;

    /// <summary>The rows that <see cref="Apply"/> adds: those of the database, or a change that is being tried.</summary>
    public StoredConfiguration Rows
    {
        get => _rows;
        set => _rows = value;
    }

    /// <summary>Changes of this process go one at a time, so that each is tried against the one before.</summary>
    public SemaphoreSlim Changing { get; } = new(1, 1);

    public SluiceConfig Apply(SluiceConfig config)
    {
        var rows = _rows;
        var fileProviders = config.Providers.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        var fileModels = config.Models.Select(model => model.Name).ToHashSet(StringComparer.Ordinal);

        // Rows are newest first; in force the oldest comes first, as in a file that grows.
        var providers = config.Providers.Concat(
            rows.Providers.Reverse().Where(provider => !fileProviders.Contains(provider.Name)).Select(ToConfig));
        var credentials = rows.Credentials.Where(credential => !credential.IsUnreadable).Reverse().ToLookup(credential => credential.Provider, StringComparer.Ordinal);
        return config with
        {
            Providers = [.. providers.Select(provider => provider with { Credentials = Credentials(provider, credentials[provider.Name], rows) })],
            Models = [.. config.Models, .. rows.Models.Reverse().Where(model => !fileModels.Contains(model.Name)).Select(model => model.ToConfig())],
        };
    }

    public void Dispose()
    {
        _database.ForeignChange -= ReadIfChanged;
        Changing.Dispose();
    }

    private ProviderConfig ToConfig(StoredProvider provider)
    {
        var config = provider.ToConfig();
        return config.BaseUrl.Length > 0 ? config : config with { BaseUrl = _options.DefaultBaseUrl(config.Type, config.Location) };
    }

    private static CredentialConfig[] Credentials(ProviderConfig provider, IEnumerable<StoredCredential> stored, StoredConfiguration rows)
    {
        var fileNames = provider.Credentials.Select(credential => credential.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. provider.Credentials
                .Concat(stored.Where(credential => !fileNames.Contains(credential.Name)).Select(credential => credential.ToConfig()))
                .Select(credential => rows.Switches.ContainsKey((provider.Name, credential.Name)) ? credential with { Disabled = true } : credential),
        ];
    }

    /// <summary>Another process has written; most often keys or usage, which are none of ours.</summary>
    private void ReadIfChanged()
    {
        if (_store.ReadVersion() == _rows.Version)
        {
            return;
        }

        Changing.Wait();
        try
        {
            _rows = _store.Load();
        }
        finally
        {
            Changing.Release();
        }

        Changed?.Invoke();
    }
}
