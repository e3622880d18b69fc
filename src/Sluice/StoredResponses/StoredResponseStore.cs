using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.StoredResponses;

/// <summary>What the database says of an id.</summary>
/// <param name="Own">The caller's answer; null when it has none of this id.</param>
/// <param name="IsForeign">True when another key has one.</param>
/// <param name="IsUnreadable">True when the caller has one that cannot be decrypted.</param>
internal readonly record struct ResponseFound(StoredResponse? Own, bool IsForeign, bool IsUnreadable = false);

/// <summary>Kept answers on the disk. Reads block their thread; writes go through the one writer.</summary>
internal sealed class StoredResponseStore(SqliteDatabase database, MasterKey masterKey, TimeProvider time)
{
    private const string Table = "stored_responses";

    /// <summary>Few enough that removing them holds the writer only for milliseconds.</summary>
    private const int RowsPerRemoval = 500;

    /// <summary>An answer that is gone on from lives on; it is not written for less than this, in microseconds.</summary>
    private const long Day = 86_400_000_000;

    /// <summary>How much is kept of each key, counted when the key first writes. Used on the writer's thread alone.</summary>
    private readonly Dictionary<string, (long Count, long Bytes)> _tallies = new(StringComparer.Ordinal);

    /// <summary>Looks an id up; what is too old is not there.</summary>
    public ResponseFound Find(string keyId, string id)
    {
        using var read = database.Read();
        var rows = read.Connection.Rows(
            $"""
            SELECT key_id, state, model, previous_id, provider, credential, content, created_at, expires_at FROM {Table}
            WHERE id = $1 AND expires_at > $2 ORDER BY CASE WHEN key_id = $0 THEN 0 ELSE 1 END LIMIT 1
            """,
            reader => Read(reader, id), keyId, id, time.GetUtcNow().UnixMicros());
        return rows is not [var found] ? default
            : found.Response.KeyId != keyId ? new ResponseFound(null, IsForeign: true)
            : found.Sealed is null ? new ResponseFound(found.Response, false)
            : Open(found.Response, found.Sealed) is { } content ? new ResponseFound(found.Response with { Content = content }, false)
            : new ResponseFound(null, false, IsUnreadable: true);
    }

    /// <summary>Writes answers in one transaction; one that is there already is replaced.</summary>
    /// <param name="responses">In the order in which they were made.</param>
    /// <param name="maxCount">The most of one key.</param>
    /// <param name="maxBytes">The most bytes of one key.</param>
    public Task SaveAsync(IReadOnlyList<StoredResponse> responses, int maxCount, long maxBytes) => database.WriteAsync(connection =>
    {
        try
        {
            foreach (var response in responses)
            {
                Save(connection, response, maxCount, maxBytes);
            }
        }
        catch
        {
            // What was counted is rolled back with the rows.
            _tallies.Clear();
            throw;
        }
    });

    /// <summary>Removes an answer; false when there was none.</summary>
    public Task<bool> DeleteAsync(string keyId, string id) => database.WriteAsync(connection =>
    {
        _tallies.Remove(keyId);
        return connection.Execute($"DELETE FROM {Table} WHERE key_id = $0 AND id = $1", keyId, id) > 0;
    });

    /// <summary>Removes what is older than its life.</summary>
    public async Task RemoveExpiredAsync()
    {
        int removed;
        do
        {
            var now = time.GetUtcNow().UnixMicros();
            removed = await database.WriteAsync(connection =>
            {
                _tallies.Clear();
                return connection.Execute(
                    $"DELETE FROM {Table} WHERE EXISTS (SELECT 1 FROM (SELECT key_id AS k, id AS i FROM {Table} WHERE expires_at <= $0 LIMIT {RowsPerRemoval}) AS old WHERE old.k = {Table}.key_id AND old.i = {Table}.id)",
                    now);
            }).ConfigureAwait(false);
        }
        while (removed == RowsPerRemoval);
    }

    private void Save(SqliteConnection connection, StoredResponse response, int maxCount, long maxBytes)
    {
        var (count, bytes) = TallyOf(connection, response.KeyId);
        var former = connection.Scalar<long>($"SELECT bytes FROM {Table} WHERE key_id = $0 AND id = $1", response.KeyId, response.Id);
        var box = response.Content is { } content ? masterKey.Seal(Table, RowId(response), 1, content.Encode()) : null;
        var expires = response.ExpiresAt.UnixMicros();
        connection.Execute(
            $"""
            INSERT INTO {Table} (key_id, id, state, model, previous_id, provider, credential, content, bytes, created_at, expires_at)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (key_id, id) DO UPDATE SET state = excluded.state, model = excluded.model, previous_id = excluded.previous_id,
                provider = excluded.provider, credential = excluded.credential, content = excluded.content, bytes = excluded.bytes,
                created_at = excluded.created_at, expires_at = excluded.expires_at
            """,
            response.KeyId, response.Id, (int)response.State, response.Model, response.PreviousId, response.Vendor?.Provider,
            response.Vendor?.Credential, box, response.Bytes, response.CreatedAt.UnixMicros(), expires);
        if (response.PreviousId is not null)
        {
            LetEarlierLive(connection, response, expires);
        }

        count += former == 0 ? 1 : 0;
        bytes += response.Bytes - former;
        while ((count > maxCount || bytes > maxBytes) && RemoveOldest(connection, response.KeyId) is { } freed)
        {
            count--;
            bytes -= freed;
        }

        _tallies[response.KeyId] = (count, bytes);
    }

    /// <summary>What an answer goes on from is a part of it, and lives as long.</summary>
    private static void LetEarlierLive(SqliteConnection connection, StoredResponse response, long expires) => connection.Execute(
        $"""
        WITH RECURSIVE chain (id, depth) AS (
            SELECT $1, 0
            UNION ALL
            SELECT earlier.previous_id, chain.depth + 1 FROM {Table} AS earlier JOIN chain ON earlier.id = chain.id
            WHERE earlier.key_id = $0 AND earlier.previous_id IS NOT NULL AND chain.depth < {ResponseChain.MaxDepth})
        UPDATE {Table} SET expires_at = $2 WHERE key_id = $0 AND id IN (SELECT id FROM chain) AND expires_at < $3
        """,
        response.KeyId, response.PreviousId, expires, expires - Day);

    private (long Count, long Bytes) TallyOf(SqliteConnection connection, string keyId)
        => _tallies.TryGetValue(keyId, out var known)
            ? known
            : connection.Rows($"SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM {Table} WHERE key_id = $0", row => (row.GetInt64(0), row.GetInt64(1)), keyId).Single();

    /// <summary>Returns how many bytes that freed; null when nothing is left.</summary>
    private static long? RemoveOldest(SqliteConnection connection, string keyId)
    {
        var oldest = connection.Rows(
            $"SELECT id, bytes FROM {Table} WHERE key_id = $0 ORDER BY created_at LIMIT 1", row => (Id: row.GetString(0), Bytes: row.GetInt64(1)), keyId);
        if (oldest.Count == 0)
        {
            return null;
        }

        connection.Execute($"DELETE FROM {Table} WHERE key_id = $0 AND id = $1", keyId, oldest[0].Id);
        return oldest[0].Bytes;
    }

    private ResponseContent? Open(StoredResponse response, byte[] box)
        => masterKey.UnsealBytes(Table, RowId(response), 1, box) is { } bytes ? ResponseContent.Decode(bytes) : null;

    private static string RowId(StoredResponse response) => $"{response.KeyId}|{response.Id}";

    private static (StoredResponse Response, byte[]? Sealed) Read(SqliteDataReader row, string id)
    {
        var response = new StoredResponse(row.GetString(0), id, row.GetString(2))
        {
            IsOpen = (StoredState)row.GetInt32(1) == StoredState.Open,
            PreviousId = row.Text(3),
            Vendor = row.Text(4) is { } provider ? new VendorPlace(provider, row.Text(5) ?? "") : null,
            CreatedAt = Clock.FromUnixMicros(row.GetInt64(7)),
            ExpiresAt = Clock.FromUnixMicros(row.GetInt64(8)),
        };
        return (response, row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6));
    }
}
