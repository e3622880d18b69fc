using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Audit;

/// <summary>What to look for in the log; null for anything.</summary>
internal sealed record AuditFilter(string? Actor, string? Action, string? Target, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>The chained log of changes. Rows are only ever added, by the one writer.</summary>
internal sealed class AuditLog(SqliteDatabase database, TimeProvider time)
{
    public Task AppendAsync(AuditEntry entry) => database.WriteAsync(connection =>
    {
        var last = connection.Rows("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1", row => (Id: row.GetInt64(0), Hash: row.GetFieldValue<byte[]>(1)));
        var (previousId, previousHash) = last is [var one] ? one : (0, []);
        entry = entry with { Id = previousId + 1, At = time.GetUtcNow().UnixMicros() };
        connection.Execute(
            $"INSERT INTO audit_log ({AuditEntry.Columns}) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            entry.Id, entry.At, entry.Actor, entry.ActorName, entry.Action, entry.Target, entry.Status, entry.Before, entry.After,
            entry.Address, entry.RequestId, entry.Chain(previousHash));
    });

    /// <summary>Entries below an id, newest first.</summary>
    public List<AuditEntry> List(AuditFilter filter, long before, int limit)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            $"SELECT {AuditEntry.Columns} FROM audit_log WHERE id < $0 AND ($1 IS NULL OR actor = $1 OR actor_name = $1) AND ($2 IS NULL OR action = $2) "
            + "AND ($3 IS NULL OR target = $3) AND ($4 IS NULL OR at >= $4) AND ($5 IS NULL OR at < $5) ORDER BY id DESC LIMIT $6",
            AuditEntry.Read, before, filter.Actor, filter.Action, filter.Target, filter.From?.UnixMicros(), filter.To?.UnixMicros(), limit);
    }

    /// <summary>The id of the first entry that does not fit its chain; null when all do.</summary>
    public static long? FirstBroken(SqliteConnection connection)
    {
        long expected = 1;
        byte[] previous = [];
        while (true)
        {
            var rows = connection.Rows($"SELECT {AuditEntry.Columns} FROM audit_log WHERE id >= $0 ORDER BY id LIMIT 1000", AuditEntry.Read, expected);
            foreach (var row in rows)
            {
                if (row.Id != expected || !row.Hash.AsSpan().SequenceEqual(row.Chain(previous)))
                {
                    return expected;
                }

                (previous, expected) = (row.Hash, expected + 1);
            }

            if (rows.Count == 0)
            {
                return null;
            }
        }
    }
}
