namespace Sluice.Limits.Budgets;

/// <summary>One visit of an account to the database.</summary>
internal sealed class BudgetVisit(BudgetAccount account, BudgetPolicy policy, long stamp)
{
    public BudgetAccount Account => account;

    /// <summary>The policy under which the visit grants.</summary>
    public BudgetPolicy Policy => policy;

    /// <summary>The monotonic time before the visit began.</summary>
    public long Stamp => stamp;

    /// <summary>The chunk of now; null when nobody asks for one.</summary>
    public BudgetChunk? Current { get; init; }

    /// <summary>Chunks of former periods, and of this one when it is at rest, that have calls in flight or not yet booked.</summary>
    public required IReadOnlyList<BudgetChunk> Old { get; init; }

    /// <summary>The amounts for which calls wait, first come first.</summary>
    public required IReadOnlyList<long> Waiting { get; init; }

    /// <summary>The row of the current chunk.</summary>
    public long CurrentId { get; set; }

    /// <summary>What the database has granted on top.</summary>
    public long Granted { get; set; }

    /// <summary>What it has left now.</summary>
    public long Remaining { get; set; }

    /// <summary>Chunks that are over.</summary>
    public HashSet<BudgetChunk> Done { get; } = [];

    /// <summary>Thresholds that were reached.</summary>
    public List<BudgetAlert> Alerts { get; } = [];
}
