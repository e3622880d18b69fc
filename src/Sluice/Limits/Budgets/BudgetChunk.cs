namespace Sluice.Limits.Budgets;

/// <summary>
/// What this process holds of one period of one budget. The database holds <c>free + reserved + settled - charged</c> for
/// it, where <c>charged</c> is what the ledger has booked so far: reserving and settling move money between these parts and
/// leave the sum alone, so that the database need not hear of them. Everything but <see cref="Id"/> is under the account's lock.
/// </summary>
internal sealed class BudgetChunk(BudgetAccount account, BudgetPer per, BudgetSpan span)
{
    private long _id;

    public BudgetAccount Account => account;

    public BudgetPer Per => per;

    public BudgetSpan Span => span;

    /// <summary>The row of <c>budget_periods</c>; 0 until the database was asked for the first time, and never changed after that.</summary>
    public long Id
    {
        get => Volatile.Read(ref _id);
        set => Volatile.Write(ref _id, value);
    }

    /// <summary>Granted and not reserved.</summary>
    public long Free { get; set; }

    /// <summary>Reserved by calls that have not ended.</summary>
    public long Reserved { get; set; }

    /// <summary>Calls that have not ended.</summary>
    public int Calls { get; set; }

    /// <summary>The cost of all calls that have ended here.</summary>
    public long Settled { get; set; }

    /// <summary>What the database had left at the last visit, beside what it granted.</summary>
    public long Remaining { get; set; }

    /// <summary>The time stamp until which <see cref="Free"/> may be used: before anybody else may take it away.</summary>
    public long UsableUntil { get; set; }

    /// <summary>The time stamp of the last reservation or settlement.</summary>
    public long TouchedAt { get; set; }

    /// <summary>What the database must hold for this chunk.</summary>
    /// <param name="charged">What the ledger has booked on it.</param>
    public long Target(long charged) => Math.Max(0, NanoUsd.Subtract(NanoUsd.Add(NanoUsd.Add(Free, Reserved), Settled), charged));

    /// <summary>True when nothing of it is left to account for.</summary>
    public bool IsDone(long charged) => Free == 0 && Reserved == 0 && Calls == 0 && Settled == charged;

    public bool Is(BudgetPer otherPer, BudgetSpan otherSpan) => per == otherPer && span.Start == otherSpan.Start;
}
