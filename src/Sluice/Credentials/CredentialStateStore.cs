using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Credentials;

/// <summary>The table <c>credential_states</c>.</summary>
internal sealed class CredentialStateStore(SqliteDatabase database, TimeProvider time)
{
    private const string Columns =
        "provider, name, mark, held, held_reason, held_until, probe_at, limited_until, limited_reason, cooling_until, cooling_for_rate, "
        + "consecutive_errors, rejections, relapses, last_error, told";

    public Dictionary<(string Provider, string Name), StoredCredentialState> Load()
    {
        using var read = database.Read();
        return read.Connection.Rows($"SELECT {Columns} FROM credential_states", Read).ToDictionary(state => (state.Provider, state.Name));
    }

    public Task SaveAsync(IEnumerable<StoredCredentialState> states) => database.WriteAsync(connection =>
    {
        foreach (var state in states)
        {
            Save(connection, state);
        }
    });

    private static StoredCredentialState Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2))
    {
        Held = row.GetString(3),
        HeldReason = row.Text(4),
        HeldUntil = row.GetInt64(5),
        ProbeAt = row.GetInt64(6),
        LimitedUntil = row.GetInt64(7),
        LimitedReason = row.Text(8),
        CoolingUntil = row.GetInt64(9),
        CoolingForRate = row.GetInt64(10) != 0,
        ConsecutiveErrors = row.GetInt32(11),
        Rejections = row.GetInt32(12),
        Relapses = row.GetInt32(13),
        LastError = row.Text(14),
        Told = row.GetString(15),
    };

    private void Save(SqliteConnection connection, StoredCredentialState state)
        => connection.Execute(
            $"INSERT INTO credential_states ({Columns}, updated_at) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
            + "ON CONFLICT (provider, name) DO UPDATE SET mark = $2, held = $3, held_reason = $4, held_until = $5, probe_at = $6, limited_until = $7, "
            + "limited_reason = $8, cooling_until = $9, cooling_for_rate = $10, consecutive_errors = $11, rejections = $12, relapses = $13, "
            + "last_error = $14, told = $15, updated_at = $16",
            state.Provider, state.Name, state.Mark, state.Held, state.HeldReason, state.HeldUntil, state.ProbeAt, state.LimitedUntil, state.LimitedReason,
            state.CoolingUntil, state.CoolingForRate ? 1 : 0, state.ConsecutiveErrors, state.Rejections, state.Relapses, state.LastError, state.Told,
            time.GetUtcNow().UnixMicros());
}
