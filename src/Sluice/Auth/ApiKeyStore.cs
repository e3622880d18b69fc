using Microsoft.Data.Sqlite;
using Sluice.Auth.Accounts;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Auth;

/// <summary>What of a key an administrator may change afterwards; a null name, list or set of limits stays as it is.</summary>
internal sealed record ApiKeyChange
{
    public string? Name { get; init; }
    public IReadOnlyList<string>? Models { get; init; }
    public IReadOnlyList<string>? Mcp { get; init; }
    public LimitsConfig? Limits { get; init; }
    public BudgetConfig? Budget { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>True when <see cref="Budget"/> replaces the old one, null included.</summary>
    public bool ChangesBudget { get; init; }

    /// <summary>True when <see cref="ExpiresAt"/> replaces the old one, null included.</summary>
    public bool ChangesExpiry { get; init; }
}

/// <summary>The API keys of the database. A key's text is never stored: a row holds its HMAC.</summary>
internal sealed class ApiKeyStore(SqliteDatabase database, MasterKey masterKey, TimeProvider time) : IApiKeyAdministration
{
    /// <summary>A new version of the table's content; read through its index.</summary>
    private const string NextVersion = "(SELECT COALESCE(MAX(version), 0) + 1 FROM api_keys)";

    /// <summary>Raised after a commit of this process, before the call returns to whoever asked for the change.</summary>
    public event Action? Changed;

    public Task<CreatedKey> CreateAsync(NewApiKey key, CancellationToken ct) => CreateAsync(key, _ => true, ct)!;

    /// <summary>Makes a key if, inside the same transaction, the condition holds; null when it does not.</summary>
    public async Task<CreatedKey?> CreateAsync(NewApiKey key, Func<SqliteConnection, bool> condition, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var text = ApiKeyText.Create();
        var created = new CreatedKey(RandomId.Create("key_"), text, text[..ApiKeyText.VisibleLength]);
        var digest = KeyDigest.Compute(masterKey.Pepper, text).ToArray();
        var now = time.GetUtcNow().UnixMicros();
        var done = await database.WriteAsync(connection =>
        {
            if (!condition(connection))
            {
                return false;
            }

            connection.Execute(
                "INSERT INTO api_keys (id, name, prefix, digest, models, rpm, tpm, concurrency, budget_nano_usd, budget_per, administrator, created_at, expires_at, mcp, user_id, scopes, version) "
                + $"VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, {NextVersion})",
                created.Id, key.Name, created.Prefix, digest, StoredKey.ModelsToJson(key.Models),
                key.Limits?.Rpm, key.Limits?.Tpm, key.Limits?.Concurrency, StoredKey.ToNano(key.Budget), key.Budget?.Per,
                key.Administrator && key.UserId is null, now, key.ExpiresAt?.UnixMicros(), StoredKey.ListToJson(key.Mcp ?? []),
                key.UserId, key.Scopes is null ? null : string.Join(' ', key.Scopes));
            return true;
        });
        if (!done)
        {
            return null;
        }

        Changed?.Invoke();
        return created;
    }

    public Task<IReadOnlyList<ApiKeyView>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<ApiKeyView>>(List(before: null, int.MaxValue).ConvertAll(row => row.ToView()));
    }

    /// <summary>Rows below a position, newest first.</summary>
    public List<StoredKey> List(long? before, int limit)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            $"SELECT {StoredKey.Columns} FROM api_keys WHERE position < $0 ORDER BY position DESC LIMIT $1",
            StoredKey.Read, before ?? long.MaxValue, limit);
    }

    /// <summary>The live keys of an account, newest first.</summary>
    public List<StoredKey> ListOf(string userId)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            $"SELECT {StoredKey.Columns} FROM api_keys WHERE user_id = $0 AND revoked_at IS NULL ORDER BY position DESC", StoredKey.Read, userId);
    }

    /// <summary>How many live keys an account has, inside a transaction.</summary>
    public static long CountOf(SqliteConnection connection, string userId)
        => connection.Scalar<long>("SELECT COUNT(*) FROM api_keys WHERE user_id = $0 AND revoked_at IS NULL", userId);

    /// <summary>Revokes the keys of an account inside a transaction; call <see cref="NoteChange"/> after it.</summary>
    public static void RevokeAll(SqliteConnection connection, string userId, long now)
        => connection.Execute($"UPDATE api_keys SET revoked_at = $1, version = {NextVersion} WHERE user_id = $0 AND revoked_at IS NULL", userId, now);

    /// <summary>Tells the request path of a change that another's transaction made.</summary>
    public void NoteChange() => Changed?.Invoke();

    /// <summary>Revokes a key of that account; false when there is no live one.</summary>
    public async Task<bool> RevokeOfAsync(string userId, string id)
    {
        var now = time.GetUtcNow().UnixMicros();
        var revoked = await database.WriteAsync(connection => connection.Execute(
            $"UPDATE api_keys SET revoked_at = $2, version = {NextVersion} WHERE id = $0 AND user_id = $1 AND revoked_at IS NULL", id, userId, now));
        Changed?.Invoke();
        return revoked > 0;
    }

    /// <summary>
    /// Gives a key of that account a new text; its id, limits, budget and counts stay, so that rotating is no way around them.
    /// </summary>
    /// <param name="userId">The account.</param>
    /// <param name="id">The key's id.</param>
    /// <param name="overlap">How long the text before it holds.</param>
    /// <returns>Null when there is no live key of that id and account.</returns>
    public async Task<CreatedKey?> RotateOfAsync(string userId, string id, TimeSpan overlap)
    {
        var text = ApiKeyText.Create();
        var rotated = new CreatedKey(id, text, text[..ApiKeyText.VisibleLength]);
        var digest = KeyDigest.Compute(masterKey.Pepper, text).ToArray();
        var now = time.GetUtcNow();
        var changed = await database.WriteAsync(connection => connection.Execute(
            "UPDATE api_keys SET previous_digest = digest, previous_until = $4, digest = $2, prefix = $3, "
            + $"version = {NextVersion} WHERE id = $0 AND user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $5)",
            id, userId, digest, rotated.Prefix, (now + overlap).UnixMicros(), now.UnixMicros()));
        Changed?.Invoke();
        return changed > 0 ? rotated : null;
    }

    /// <summary>The key of that id, revoked or not; null when there is none.</summary>
    public StoredKey? Find(string id)
    {
        using var read = database.Read();
        return read.Connection.Rows($"SELECT {StoredKey.Columns} FROM api_keys WHERE id = $0", StoredKey.Read, id).SingleOrDefault();
    }

    /// <summary>Rows that changed after a version, in order of change.</summary>
    public List<StoredKey> ChangedSince(long version)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            $"SELECT {StoredKey.Columns} FROM api_keys WHERE version > $0 ORDER BY version", StoredKey.Read, version);
    }

    /// <summary>True when a live administrator's key or account exists.</summary>
    public bool HasAdministrator()
    {
        using var read = database.Read();
        return HasAdministrator(read.Connection, time.GetUtcNow().UnixMicros());
    }

    /// <summary>As <see cref="HasAdministrator()"/>, inside a transaction.</summary>
    public static bool HasAdministrator(SqliteConnection connection, long now)
        => connection.Scalar<long>(
            "SELECT EXISTS (SELECT 1 FROM api_keys WHERE administrator = 1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $0))", now) == 1
            || UserStore.HasAdministrator(connection);

    /// <summary>Changes a live key; false when there is none of that id.</summary>
    public async Task<bool> UpdateAsync(string id, ApiKeyChange change, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var changed = await database.WriteAsync(connection =>
        {
            var row = connection.Rows(
                $"SELECT {StoredKey.Columns} FROM api_keys WHERE id = $0 AND revoked_at IS NULL", StoredKey.Read, id).SingleOrDefault();
            if (row is null)
            {
                return false;
            }

            var limits = change.Limits ?? row.Limits;
            var budget = change.ChangesBudget ? change.Budget : row.Budget;
            var expiresAt = change.ChangesExpiry ? change.ExpiresAt : row.ExpiresAt;
            connection.Execute(
                "UPDATE api_keys SET name = $1, models = $2, rpm = $3, tpm = $4, concurrency = $5, budget_nano_usd = $6, budget_per = $7, "
                + $"expires_at = $8, mcp = $9, version = {NextVersion} WHERE id = $0",
                id, change.Name ?? row.Name, change.Models is null ? row.ModelsJson : StoredKey.ModelsToJson(change.Models),
                limits.Rpm, limits.Tpm, limits.Concurrency, StoredKey.ToNano(budget), budget?.Per, expiresAt?.UnixMicros(),
                change.Mcp is null ? row.McpJson : StoredKey.ListToJson(change.Mcp));
            return true;
        });
        if (changed)
        {
            Changed?.Invoke();
        }

        return changed;
    }

    public async Task<bool> RevokeAsync(string idOrName, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var now = time.GetUtcNow().UnixMicros();
        var revoked = await database.WriteAsync(connection =>
        {
            var byId = connection.Execute(
                $"UPDATE api_keys SET revoked_at = $1, version = {NextVersion} WHERE id = $0 AND revoked_at IS NULL", idOrName, now);
            return byId > 0 ? byId : connection.Execute(
                $"UPDATE api_keys SET revoked_at = $1, version = {NextVersion} WHERE name = $0 AND revoked_at IS NULL", idOrName, now);
        });
        if (revoked > 0)
        {
            Changed?.Invoke();
        }

        return revoked > 0;
    }
}
