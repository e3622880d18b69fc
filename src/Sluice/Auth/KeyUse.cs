using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth;

/// <summary>Notes when a key of the database was last used, at most once a minute for each.</summary>
internal sealed class KeyUse(SqliteDatabase database, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _minutes = new(StringComparer.Ordinal);

    /// <summary>Notes a use outside the model endpoints; writes in the background.</summary>
    public void Note(Caller caller)
    {
        var at = time.GetUtcNow().UnixMicros();
        if (IsNews(caller.KeyId, at))
        {
            _ = database.WriteAsync(connection => Write(connection, caller.KeyId, at));
        }
    }

    /// <summary>Notes a use inside a transaction that is being written anyway.</summary>
    public void Note(SqliteConnection connection, string keyId, long atMicros)
    {
        if (IsNews(keyId, atMicros))
        {
            Write(connection, keyId, atMicros);
        }
    }

    private static void Write(SqliteConnection connection, string keyId, long at)
        => connection.Execute("UPDATE api_keys SET last_used_at = $1 WHERE id = $0 AND COALESCE(last_used_at, 0) < $1", keyId, at);

    private bool IsNews(string keyId, long at)
    {
        // Keys of the file and the administrator's have no row.
        if (!keyId.StartsWith("key_", StringComparison.Ordinal))
        {
            return false;
        }

        var minute = at / 60_000_000;
        if (_minutes.TryGetValue(keyId, out var noted) && noted >= minute)
        {
            return false;
        }

        _minutes[keyId] = minute;
        return true;
    }
}
