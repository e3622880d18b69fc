using Sluice.Protocol.Canonical;

namespace Sluice.Usage;

/// <summary>
/// Puts calls on the account so that every one that was sent upstream has exactly one outcome, whatever happens to the
/// process: reserved before the first byte goes out, settled before the client sees the end.
/// </summary>
internal interface ILedger
{
    /// <summary>
    /// Makes a call's reservation durable. False: it cannot be taken, and nothing may be sent upstream. Called again with
    /// another target before a second attempt: the newer replaces the older, and the call still has one outcome.
    /// </summary>
    ValueTask<bool> ReserveAsync(LedgerEntry entry);

    /// <summary>Tells what was used so far; not waited for. Called by the one who reserves and settles, never at the same time.</summary>
    void Checkpoint(LedgerEntry entry, in TokenUsage soFar);

    /// <summary>
    /// Makes the outcome durable and hands it to the database; exactly once per entry, also for one that was never reserved.
    /// False: not durable. A call that was reserved is then tried again in the background, or settled from its reservation
    /// at the next start.
    /// </summary>
    ValueTask<bool> SettleAsync(LedgerEntry entry, UsageRecord record);
}
