using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Idempotency;

/// <summary>What is known of a call.</summary>
internal enum OutcomeState
{
    /// <summary>It began, and nothing was written since.</summary>
    Begun = 1,
    Answered = 2,

    /// <summary>It was served, and there is no answer to give again.</summary>
    AnswerNotKept = 3,
}

/// <summary>The row of a call.</summary>
/// <param name="Id">Names it from now on.</param>
/// <param name="IsNew">True when it was made just now.</param>
/// <param name="State">What became of the call.</param>
/// <param name="RequestHash">The SHA-256 of what was asked.</param>
/// <param name="Answer">The sealed answer, where there is one.</param>
internal sealed record OutcomeRow(long Id, bool IsNew, OutcomeState State, byte[] RequestHash, byte[]? Answer);

/// <summary>The outcomes of calls with an Idempotency-Key. Every write is durable when it completes.</summary>
internal sealed class IdempotencyStore(SqliteDatabase database, MasterKey masterKey, TimeProvider time)
{
    /// <summary>How long an outcome is kept.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private const string Table = "idempotency_keys";

    /// <summary>Few enough that removing them holds the writer only for milliseconds.</summary>
    private const int RowsPerRemoval = 500;

    /// <summary>Finds the row of a key, or makes it.</summary>
    public Task<OutcomeRow> BeginAsync(string keyId, string idempotencyKey, byte[] requestHash)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(connection =>
        {
            connection.Execute($"DELETE FROM {Table} WHERE key_id = $0 AND idempotency_key = $1 AND expires_at <= $2", keyId, idempotencyKey, now.UnixMicros());
            var known = connection.Rows(
                $"SELECT id, state, request_hash, answer FROM {Table} WHERE key_id = $0 AND idempotency_key = $1", Read, keyId, idempotencyKey).SingleOrDefault();
            if (known is not null)
            {
                return known;
            }

            var id = connection.Scalar<long>(
                $"INSERT INTO {Table} (key_id, idempotency_key, request_hash, state, expires_at) VALUES ($0, $1, $2, $3, $4) RETURNING id",
                keyId, idempotencyKey, requestHash, (int)OutcomeState.Begun, (now + Life).UnixMicros());
            return new OutcomeRow(id, IsNew: true, OutcomeState.Begun, requestHash, null);
        });
    }

    /// <summary>Keeps the outcome of a call, with its answer where there is one to keep.</summary>
    public Task EndAsync(long id, byte[]? answer)
    {
        var box = answer is null ? null : masterKey.Seal(Table, RowId(id), 1, answer);
        var state = answer is null ? OutcomeState.AnswerNotKept : OutcomeState.Answered;
        return database.WriteAsync(connection => connection.Execute($"UPDATE {Table} SET state = $1, answer = $2 WHERE id = $0", id, (int)state, box), committed: null);
    }

    /// <summary>Forgets a call, so that the key may be used for it again.</summary>
    public Task ForgetAsync(long id)
        => database.WriteAsync(connection => connection.Execute($"DELETE FROM {Table} WHERE id = $0", id), committed: null);

    /// <summary>Opens the answer of a row; null when it cannot be read, because the master key is another or the row was changed.</summary>
    public StoredAnswer? Open(OutcomeRow row)
        => row.Answer is { } box && masterKey.UnsealBytes(Table, RowId(row.Id), 1, box) is { } bytes ? StoredAnswer.Decode(bytes) : null;

    /// <summary>Removes what is older than its life.</summary>
    public async Task RemoveExpiredAsync()
    {
        int removed;
        do
        {
            var now = time.GetUtcNow().UnixMicros();
            removed = await database.WriteAsync(
                connection => connection.Execute($"DELETE FROM {Table} WHERE id IN (SELECT id FROM {Table} WHERE expires_at <= $0 LIMIT {RowsPerRemoval})", now),
                committed: null);
        }
        while (removed == RowsPerRemoval);
    }

    private static string RowId(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static OutcomeRow Read(SqliteDataReader row)
        => new(row.GetInt64(0), IsNew: false, (OutcomeState)row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3));
}
