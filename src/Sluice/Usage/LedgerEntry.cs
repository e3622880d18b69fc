using Sluice.Journal;

namespace Sluice.Usage;

/// <summary>What a call has reserved in one period of a budget.</summary>
/// <param name="PeriodId">The row of <c>budget_periods</c>.</param>
/// <param name="ReservedNanoUsd">Nano-USD.</param>
internal readonly record struct BudgetCharge(long PeriodId, long ReservedNanoUsd);

/// <summary>
/// One call on its way through the ledger; made by the call and not used for another. The target's members may change
/// between attempts, before the next reservation.
/// </summary>
internal sealed class LedgerEntry : ICallIdentity
{
    /// <summary>The value of <c>x-request-id</c>; tells which records of the journal belong together.</summary>
    public required string RequestId { get; init; }

    public string? ClientRequestId { get; init; }
    public required string KeyId { get; init; }
    public required string KeyName { get; init; }
    public string? User { get; init; }

    /// <summary>The model as the client asked for it.</summary>
    public required string Model { get; init; }

    public string Provider { get; set; } = "";
    public string UpstreamModel { get; set; } = "";

    /// <summary>The credential's name; never its secret.</summary>
    public string Credential { get; set; } = "";

    public required string Operation { get; init; }

    /// <summary>By which price the call is charged; null when none is known.</summary>
    public string? PriceId { get; set; }

    /// <summary>When the call arrived, in microseconds since the Unix epoch.</summary>
    public long AtMicros { get; init; }

    /// <summary>What a call that died before its first checkpoint is charged with.</summary>
    public long EstimatedInputTokens { get; init; }

    /// <summary>What is reserved in budgets; empty for most calls.</summary>
    public IReadOnlyList<BudgetCharge> Charges { get; set; } = [];

    /// <summary>The sequence number of the last durable reservation; 0 when there is none.</summary>
    public long ReserveSequence { get; internal set; }

    /// <summary>The sequence number of the last reservation or checkpoint; 0 when there is none.</summary>
    public long LatestSequence { get; internal set; }

    public JournalWaiter Waiter => field ??= new JournalWaiter();

    /// <summary>True when a reservation failed in a way that may have left it in the log all the same.</summary>
    internal bool MayBeLogged { get; set; }

    /// <summary>True once its outcome was decided.</summary>
    internal bool IsSettled { get; set; }

    /// <summary>Where <see cref="OpenCalls"/> keeps it; each is guarded by its shard's lock.</summary>
    internal OpenCalls.Place Place { get; } = new();

    /// <summary>The account of this call, to be completed with how it ended.</summary>
    public UsageRecord NewRecord() => new()
    {
        RequestId = RequestId,
        ClientRequestId = ClientRequestId,
        KeyId = KeyId,
        KeyName = KeyName,
        User = User,
        Model = Model,
        Provider = Provider,
        UpstreamModel = UpstreamModel,
        Credential = Credential,
        Operation = Operation,
        PriceId = PriceId,
        AtMicros = AtMicros,
        Charges = Charges,
    };
}
