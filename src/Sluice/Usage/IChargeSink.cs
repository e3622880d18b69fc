using Microsoft.Data.Sqlite;

namespace Sluice.Usage;

/// <summary>What a call has cost a budget in one of its periods.</summary>
/// <param name="PeriodId">The row of <c>budget_periods</c> in which the call was reserved.</param>
/// <param name="CostNano">Nano-USD; never negative.</param>
internal readonly record struct BudgetCost(long PeriodId, long CostNano);

/// <summary>Takes what the ledger books on budgets.</summary>
internal interface IChargeSink
{
    /// <summary>Books the costs inside the transaction that stores their records, so that both are there or neither.</summary>
    void Apply(SqliteConnection connection, IReadOnlyList<BudgetCost> costs);
}
