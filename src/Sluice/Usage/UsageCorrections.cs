using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>Why a correction was not made.</summary>
internal enum CorrectionRefusal
{
    None,

    /// <summary>No record has the id.</summary>
    NotFound,

    /// <summary>The record is a correction itself; its call's record is to be corrected.</summary>
    NotACall,

    /// <summary>The cost is what the account has.</summary>
    NoDifference,

    /// <summary>The call would cost less than nothing, or more than can be counted.</summary>
    OutOfRange,

    /// <summary>The journal does not take it, or the database is behind, which has to tell what the call costs now.</summary>
    Unavailable,
}

/// <summary>
/// Corrects what calls cost. The account is append-only: a correction is a new record of the same key, user, model, provider
/// and credential whose cost is the difference, booked when it is made. What a budget has spent stays as it is.
/// </summary>
internal sealed class UsageCorrections(UsageReader reader, UsageQueue queue, ILedger ledger, SqliteDatabase database, TimeProvider time) : IDisposable
{
    /// <summary>Characters of a reason that are kept.</summary>
    public const int LongestReason = PayloadWriter.LongestText;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // One at a time: each counts from the corrections before it.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Makes a correction.</summary>
    /// <param name="id">The record of the call.</param>
    /// <param name="cost">Tells the difference from what the call costs by the account, corrections included; nano-USD.</param>
    /// <param name="reason">In the administrator's words; at most <see cref="LongestReason"/> characters.</param>
    /// <param name="madeBy">The name of the administrator's key.</param>
    /// <returns>The correction's row, or why there is none.</returns>
    public async Task<(UsageRow? Row, CorrectionRefusal Refusal)> CorrectAsync(long id, Func<long, Int128> cost, string reason, string madeBy)
    {
        await _turn.WaitAsync();
        try
        {
            if (!await IsCaughtUpAsync())
            {
                return (null, CorrectionRefusal.Unavailable);
            }

            if (await reader.FindAsync(id) is not { } row)
            {
                return (null, CorrectionRefusal.NotFound);
            }

            if (row.Corrects is not null)
            {
                return (null, CorrectionRefusal.NotACall);
            }

            var now = (row.Cost ?? 0) + (Int128)CorrectedBy(id);
            var difference = cost((long)now);
            return difference == 0 ? (null, CorrectionRefusal.NoDifference)
                : now + difference < 0 || now + difference > long.MaxValue ? (null, CorrectionRefusal.OutOfRange)
                : await WriteAsync(row, (long)difference, new UsageCorrection(id, reason, madeBy));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> IsCaughtUpAsync()
    {
        try
        {
            await queue.FlushAsync().WaitAsync(LongestWait, time);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or SqliteException)
        {
            return false;
        }
    }

    private long CorrectedBy(long id)
    {
        using var read = database.Read();
        return read.Connection.Scalar<long>(
            "SELECT COALESCE(SUM(r.cost), 0) FROM usage_corrections c JOIN usage_records r ON r.id = c.id WHERE c.corrects = $0", id);
    }

    private async Task<(UsageRow? Row, CorrectionRefusal Refusal)> WriteAsync(UsageRow row, long difference, UsageCorrection correction)
    {
        var entry = new LedgerEntry
        {
            RequestId = row.RequestId,
            ClientRequestId = row.ClientRequestId,
            KeyId = row.KeyId,
            KeyName = row.KeyName,
            User = row.User.Length > 0 ? row.User : null,
            Model = row.Model,
            Provider = row.Provider,
            UpstreamModel = row.UpstreamModel,
            Credential = row.Credential,
            Operation = row.Operation,
            PriceId = row.PriceId.Length > 0 ? row.PriceId : null,
            AtMicros = time.GetUtcNow().UnixMicros(),
        };
        var record = entry.NewRecord() with { Status = UsageStatus.Settled, CostNanoUsd = difference, Correction = correction };
        if (!await ledger.SettleAsync(entry, record))
        {
            return (null, CorrectionRefusal.Unavailable);
        }

        var made = new UsageRow
        {
            Id = record.JournalSequence,
            At = record.AtMicros,
            Cost = difference,
            RequestId = row.RequestId,
            ClientRequestId = row.ClientRequestId,
            KeyId = row.KeyId,
            KeyName = row.KeyName,
            User = row.User,
            Model = row.Model,
            Provider = row.Provider,
            UpstreamModel = row.UpstreamModel,
            Credential = row.Credential,
            Operation = row.Operation,
            PriceId = row.PriceId,
            Corrects = correction.RecordId,
            Reason = correction.Reason,
            MadeBy = correction.MadeBy,
        };
        return (made, CorrectionRefusal.None);
    }
}
