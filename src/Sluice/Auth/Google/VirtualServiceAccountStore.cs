using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth.Google;

/// <summary>The virtual service accounts of the database, and what has been used once. A private key or a secret is never stored.</summary>
internal sealed class VirtualServiceAccountStore(SqliteDatabase database, MasterKey masterKey, TimeProvider time)
{
    private const string NextVersion = "(SELECT COALESCE(MAX(version), 0) + 1 FROM virtual_service_accounts)";
    private const string LowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Raised after a commit of this process, before the call returns to whoever asked for the change.</summary>
    public event Action? Changed;

    /// <summary>Makes an account with its first key and client secret.</summary>
    /// <param name="account">What it may do.</param>
    /// <param name="origin">Where clients reach Sluice, such as <c>https://ai.example.org</c>.</param>
    public async Task<IssuedKey> CreateAsync(NewVirtualServiceAccount account, string origin)
    {
        var id = RandomId.Create("vsa_");
        var project = "sluice-" + id[4..12];
        var email = $"{Slug(account.Name)}-{RandomNumberGenerator.GetString(LowerAndDigits, 6)}@{project}.iam.gserviceaccount.com";
        var clientId = "1" + RandomNumberGenerator.GetString("0123456789", 20);
        var issued = IssuedKey.Create(id, email, clientId, project, origin, time.GetUtcNow());
        var now = time.GetUtcNow().UnixMicros();
        await database.WriteAsync(connection =>
        {
            connection.Execute(
                "INSERT INTO virtual_service_accounts (id, name, email, client_id, project_id, models, rpm, tpm, concurrency, budget_nano_usd, budget_per, credentials, created_at, expires_at, version) "
                + $"VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, {NextVersion})",
                id, account.Name, email, clientId, project, StoredKey.ModelsToJson(account.Models), account.Limits?.Rpm, account.Limits?.Tpm, account.Limits?.Concurrency,
                StoredKey.ToNano(account.Budget), account.Budget?.Per, JsonSerializer.Serialize([.. account.Credentials ?? []], GoogleJson.Default.BoundCredentialArray),
                now, account.ExpiresAt?.UnixMicros());
            Insert(connection, issued, 1, now);
        });
        Changed?.Invoke();
        return issued;
    }

    /// <summary>Gives an account a new key and a new client secret; the old ones end after the overlap. Null when there is no such account.</summary>
    public async Task<IssuedKey?> RotateAsync(VirtualServiceAccount account, string origin, TimeSpan overlap)
    {
        var now = time.GetUtcNow();
        var issued = IssuedKey.Create(account.Id, account.Email, account.ClientId, account.ProjectId, origin, now);
        var done = await database.WriteAsync(connection =>
        {
            if (connection.Execute($"UPDATE virtual_service_accounts SET version = {NextVersion} WHERE id = $0 AND deleted_at IS NULL", account.Id) == 0)
            {
                return false;
            }

            connection.Execute(
                "UPDATE virtual_service_account_keys SET ends_at = $1 WHERE account = $0 AND (ends_at IS NULL OR ends_at > $1)", account.Id, (now + overlap).UnixMicros());
            var number = connection.Scalar<long>("SELECT COALESCE(MAX(number), 0) + 1 FROM virtual_service_account_keys WHERE account = $0", account.Id);
            Insert(connection, issued, (int)number, now.UnixMicros());
            connection.Execute("DELETE FROM google_authorization_codes WHERE account = $0", account.Id);
            return true;
        });
        Changed?.Invoke();
        return done ? issued : null;
    }

    /// <summary>Enables or disables an account; false when there is none of that id.</summary>
    public Task<bool> SetEnabledAsync(string id, bool enabled)
        => ChangeAsync(connection => connection.Execute(
            $"UPDATE virtual_service_accounts SET disabled_at = $1, version = {NextVersion} WHERE id = $0 AND deleted_at IS NULL",
            id, enabled ? null : time.GetUtcNow().UnixMicros()));

    /// <summary>Deletes an account with everything that it could prove itself with; false when there is none of that id.</summary>
    public Task<bool> DeleteAsync(string id) => ChangeAsync(connection =>
    {
        var done = connection.Execute(
            $"UPDATE virtual_service_accounts SET deleted_at = $1, version = {NextVersion} WHERE id = $0 AND deleted_at IS NULL", id, time.GetUtcNow().UnixMicros());
        connection.Execute("DELETE FROM virtual_service_account_keys WHERE account = $0", id);
        connection.Execute("DELETE FROM google_authorization_codes WHERE account = $0", id);
        return done;
    });

    /// <summary>Accounts below a position that were not deleted, newest first.</summary>
    public List<VirtualServiceAccount> List(long? before, int limit)
        => Read("position < $0 AND deleted_at IS NULL ORDER BY position DESC LIMIT $1", before ?? long.MaxValue, limit);

    /// <summary>The account of that id that was not deleted; null when there is none.</summary>
    public VirtualServiceAccount? Find(string id) => Read("id = $0 AND deleted_at IS NULL", id).SingleOrDefault();

    /// <summary>Accounts that changed after a version, in order of change, those deleted included.</summary>
    public List<VirtualServiceAccount> ChangedSince(long version) => Read("version > $0 ORDER BY version", version);

    /// <summary>Uses an assertion up; false when it was used before.</summary>
    public Task<bool> UseAssertionAsync(byte[] digest, DateTimeOffset expiresAt)
    {
        var now = time.GetUtcNow().UnixMicros();
        return database.WriteAsync(connection =>
        {
            connection.Execute("DELETE FROM google_assertions WHERE expires_at < $0", now);
            return connection.Execute("INSERT INTO google_assertions (digest, expires_at) VALUES ($0, $1) ON CONFLICT (digest) DO NOTHING", digest, expiresAt.UnixMicros()) == 1;
        });
    }

    /// <summary>Makes a code that is good for one token within ten minutes.</summary>
    public async Task<(string Code, TimeSpan Lifetime)> CreateCodeAsync(string account, string redirectUri)
    {
        var code = "4/0A" + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 48);
        var now = time.GetUtcNow();
        await database.WriteAsync(connection =>
        {
            connection.Execute("DELETE FROM google_authorization_codes WHERE expires_at < $0", now.UnixMicros());
            connection.Execute(
                "INSERT INTO google_authorization_codes (digest, account, redirect_uri, expires_at) VALUES ($0, $1, $2, $3)",
                DigestOf(code), account, redirectUri, (now + CodeLifetime).UnixMicros());
        });
        return (code, CodeLifetime);
    }

    /// <summary>Uses a code up; false when it is unknown, used, ended, or of another account or redirect URI.</summary>
    public Task<bool> UseCodeAsync(string code, string account, string redirectUri)
    {
        var digest = DigestOf(code);
        var now = time.GetUtcNow().UnixMicros();
        return database.WriteAsync(connection => connection.Execute(
            "DELETE FROM google_authorization_codes WHERE digest = $0 AND account = $1 AND redirect_uri = $2 AND expires_at > $3", digest, account, redirectUri, now) == 1);
    }

    /// <summary>What is kept of a secret.</summary>
    public byte[] DigestOf(string secret) => KeyDigest.Compute(masterKey.Pepper, secret).ToArray();

    private async Task<bool> ChangeAsync(Func<SqliteConnection, int> change)
    {
        var done = await database.WriteAsync(connection => change(connection) == 1);
        if (done)
        {
            Changed?.Invoke();
        }

        return done;
    }

    private void Insert(SqliteConnection connection, IssuedKey key, int number, long now)
    {
        const string Sql = "INSERT INTO virtual_service_account_keys (id, account, number, is_secret, material, certificate, token_uri, created_at) VALUES ($0, $1, $2, $3, $4, $5, $6, $7)";
        connection.Execute(Sql, key.KeyId, key.Account, number, false, key.PublicKey, key.Certificate, key.TokenUri, now);
        connection.Execute(Sql, RandomId.Create("gcs_"), key.Account, number + 1, true, DigestOf(key.ClientSecret), null, key.TokenUri, now);
    }

    private List<VirtualServiceAccount> Read(string condition, params ReadOnlySpan<object?> parameters)
    {
        using var read = database.Read();
        var accounts = read.Connection.Rows($"SELECT {VirtualServiceAccount.Columns} FROM virtual_service_accounts WHERE {condition}", VirtualServiceAccount.Read, parameters);
        return accounts.ConvertAll(account => account with
        {
            Keys = read.Connection.Rows(
                $"SELECT {VirtualKey.Columns} FROM virtual_service_account_keys WHERE account = $0 ORDER BY number DESC", VirtualKey.Read, account.Id),
        });
    }

    /// <summary>The part of an e-mail address that people recognise the account by.</summary>
    private static string Slug(string name)
    {
        var letters = name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').ToArray();
        var slug = string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return slug.Length == 0 ? "account" : slug.Length > 20 ? slug[..20].TrimEnd('-') : slug;
    }
}
