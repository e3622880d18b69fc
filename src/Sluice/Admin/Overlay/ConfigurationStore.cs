using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Admin.Overlay;

/// <summary>Reads and writes the rows of the configuration. Writing methods run inside a transaction of the writer.</summary>
internal sealed partial class ConfigurationStore(SqliteDatabase database, MasterKey masterKey, TimeProvider time, ILogger<ConfigurationStore> logger)
{
    private const string CredentialsTable = "credentials";
    private const string VersionSetting = "configuration_version";

    /// <summary>The version alone: cheap to ask when some other process has written something.</summary>
    public long ReadVersion()
    {
        using var read = database.Read();
        return ReadVersion(read.Connection);
    }

    /// <summary>Reads everything in one consistent view. A secret that cannot be decrypted takes no other down.</summary>
    public StoredConfiguration Load()
    {
        using var read = database.Read();
        var connection = read.Connection;
        using var view = connection.BeginTransaction(deferred: true);
        return new StoredConfiguration
        {
            Version = ReadVersion(connection),
            Providers = connection.Rows(
                "SELECT position, id, name, created_at, type, base_url, location, dialects, timeouts FROM providers ORDER BY position DESC", ReadProvider),
            Credentials = connection.Rows(
                "SELECT position, id, provider, name, version, created_at, secret, weight, max_concurrency, image_concurrency, video_concurrency, tags FROM credentials ORDER BY position DESC", ReadCredential),
            Models = connection.Rows(
                "SELECT position, id, name, created_at, strategy, targets FROM models ORDER BY position DESC", ReadModel),
            Switches = connection.Rows(
                "SELECT provider, name, state FROM credential_switches",
                row => (Key: (row.GetString(0), row.GetString(1)), State: Enum.Parse<CredentialSwitch>(row.GetString(2))))
                .ToDictionary(row => row.Key, row => row.State),
        };
    }

    public void Insert(SqliteConnection connection, StoredProvider provider)
        => connection.Execute(
            "INSERT INTO providers (id, name, type, base_url, location, dialects, timeouts, created_at, updated_at) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $7)",
            provider.Id, provider.Name, provider.Type, provider.BaseUrl, provider.Location, Dialects(provider), Timeouts(provider), Now());

    public void Update(SqliteConnection connection, StoredProvider provider)
        => connection.Execute(
            "UPDATE providers SET type = $1, base_url = $2, location = $3, dialects = $4, timeouts = $5, updated_at = $6 WHERE id = $0",
            provider.Id, provider.Type, provider.BaseUrl, provider.Location, Dialects(provider), Timeouts(provider), Now());

    /// <summary>Deletes a provider with its credentials: nothing else could use them.</summary>
    public static void Delete(SqliteConnection connection, StoredProvider provider)
    {
        connection.Execute("DELETE FROM providers WHERE id = $0", provider.Id);
        connection.Execute("DELETE FROM credentials WHERE provider = $0", provider.Name);
        connection.Execute("DELETE FROM credential_switches WHERE provider = $0", provider.Name);
    }

    public void Insert(SqliteConnection connection, StoredCredential credential)
        => connection.Execute(
            "INSERT INTO credentials (id, provider, name, version, secret, weight, max_concurrency, image_concurrency, video_concurrency, tags, created_at, updated_at) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
            credential.Id, credential.Provider, credential.Name, credential.Version, Seal(credential), credential.Weight, credential.MaxConcurrency,
            credential.ImageConcurrency, credential.VideoConcurrency, Tags(credential), Now());

    public void Update(SqliteConnection connection, StoredCredential credential)
        => connection.Execute(
            "UPDATE credentials SET version = $1, secret = $2, weight = $3, max_concurrency = $4, image_concurrency = $5, video_concurrency = $6, tags = $7, updated_at = $8 WHERE id = $0",
            credential.Id, credential.Version, Seal(credential), credential.Weight, credential.MaxConcurrency, credential.ImageConcurrency, credential.VideoConcurrency,
            Tags(credential), Now());

    public static void Delete(SqliteConnection connection, StoredCredential credential)
    {
        connection.Execute("DELETE FROM credentials WHERE id = $0", credential.Id);
        connection.Execute("DELETE FROM credential_switches WHERE provider = $0 AND name = $1", credential.Provider, credential.Name);
    }

    public void Insert(SqliteConnection connection, StoredModel model)
        => connection.Execute(
            "INSERT INTO models (id, name, strategy, targets, created_at, updated_at) VALUES ($0, $1, $2, $3, $4, $4)",
            model.Id, model.Name, model.Strategy, Targets(model), Now());

    public void Update(SqliteConnection connection, StoredModel model)
        => connection.Execute(
            "UPDATE models SET strategy = $1, targets = $2, updated_at = $3 WHERE id = $0", model.Id, model.Strategy, Targets(model), Now());

    public static void Delete(SqliteConnection connection, StoredModel model)
        => connection.Execute("DELETE FROM models WHERE id = $0", model.Id);

    /// <summary>Sets a credential's switch; null enables it.</summary>
    public static void Set(SqliteConnection connection, string provider, string name, CredentialSwitch? state)
    {
        if (state is { } value)
        {
            connection.Execute(
                "INSERT INTO credential_switches (provider, name, state) VALUES ($0, $1, $2) ON CONFLICT (provider, name) DO UPDATE SET state = $2",
                provider, name, value.ToString());
        }
        else
        {
            connection.Execute("DELETE FROM credential_switches WHERE provider = $0 AND name = $1", provider, name);
        }
    }

    /// <summary>Marks the change for other processes; part of every transaction that changes a row.</summary>
    public static void RaiseVersion(SqliteConnection connection)
        => connection.Execute(
            "INSERT INTO settings (name, value) VALUES ($0, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", VersionSetting);

    private static long ReadVersion(SqliteConnection connection)
        => connection.Scalar<long>("SELECT value FROM settings WHERE name = $0", VersionSetting);

    private static StoredProvider ReadProvider(SqliteDataReader row)
        => new(row.GetInt64(0), row.GetString(1), row.GetString(2), Clock.FromUnixMicros(row.GetInt64(3)))
        {
            Type = row.GetString(4),
            BaseUrl = row.GetString(5),
            Location = row.GetString(6),
            Dialects = JsonSerializer.Deserialize(row.GetString(7), OverlayJson.Default.StringArray) ?? [],
            Timeouts = JsonSerializer.Deserialize(row.GetString(8), OverlayJson.Default.TimeoutsConfig) ?? new TimeoutsConfig(),
        };

    private static StoredModel ReadModel(SqliteDataReader row)
        => new(row.GetInt64(0), row.GetString(1), row.GetString(2), Clock.FromUnixMicros(row.GetInt64(3)))
        {
            Strategy = row.GetString(4),
            Targets = JsonSerializer.Deserialize(row.GetString(5), OverlayJson.Default.TargetConfigArray) ?? [],
        };

    private static string Dialects(StoredProvider provider) => JsonSerializer.Serialize([.. provider.Dialects], OverlayJson.Default.StringArray);

    private static string Tags(StoredCredential credential) => JsonSerializer.Serialize([.. credential.Tags], OverlayJson.Default.StringArray);

    private static string Timeouts(StoredProvider provider) => JsonSerializer.Serialize(provider.Timeouts, OverlayJson.Default.TimeoutsConfig);

    private static string Targets(StoredModel model) => JsonSerializer.Serialize([.. model.Targets], OverlayJson.Default.TargetConfigArray);

    private StoredCredential ReadCredential(SqliteDataReader row)
    {
        var credential = new StoredCredential(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), Clock.FromUnixMicros(row.GetInt64(5)))
        {
            Version = row.GetInt64(4),
            ApiKey = default,
            Weight = row.GetInt32(7),
            MaxConcurrency = row.GetInt32(8),
            ImageConcurrency = row.GetInt32(9),
            VideoConcurrency = row.GetInt32(10),
            Tags = JsonSerializer.Deserialize(row.GetString(11), OverlayJson.Default.StringArray) ?? [],
        };
        if (masterKey.Unseal(CredentialsTable, credential.Id, credential.Version, row.GetFieldValue<byte[]>(6)) is not { } sealedText)
        {
            Log.Unreadable(logger, credential.Name, credential.Provider);
            return credential with { IsUnreadable = true };
        }

        var secret = JsonSerializer.Deserialize(sealedText, OverlayJson.Default.SealedSecret)!;
        return credential with { ApiKey = new Secret(secret.ApiKey), Proxy = secret.Proxy, ServiceAccountJson = new Secret(secret.ServiceAccount) };
    }

    private byte[] Seal(StoredCredential credential)
        => masterKey.Seal(
            CredentialsTable, credential.Id, credential.Version,
            JsonSerializer.Serialize(new SealedSecret(credential.ApiKey.Reveal(), credential.Proxy, credential.ServiceAccountJson.Reveal()), OverlayJson.Default.SealedSecret));

    private long Now() => time.GetUtcNow().UnixMicros();

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Error, "The secret of the credential {Credential} of {Provider} cannot be decrypted and is not used: its row in the database was changed outside Sluice. Give the credential a new secret, or restore the database from a backup")]
        public static partial void Unreadable(ILogger logger, string credential, string provider);
    }
}
