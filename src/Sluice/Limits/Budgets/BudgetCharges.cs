using Microsoft.Data.Sqlite;
using Sluice.Usage;

namespace Sluice.Limits.Budgets;

/// <summary>Books the ledger's costs on the periods in which they were reserved, in the ledger's transaction. On the writer's thread.</summary>
internal sealed partial class BudgetCharges(BudgetOptions options, ILogger<BudgetCharges> logger) : IChargeSink
{
    private readonly Dictionary<long, long> _sums = [];

    public void Apply(SqliteConnection connection, IReadOnlyList<BudgetCost> costs)
    {
        _sums.Clear();
        foreach (var (period, cost) in costs)
        {
            _sums[period] = NanoUsd.Add(_sums.GetValueOrDefault(period), Math.Max(0, cost));
        }

        foreach (var (period, sum) in _sums)
        {
            if (!BudgetStore.Charge(connection, options.Node, period, sum))
            {
                Log.PeriodUnknown(logger, period, sum);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3303, LogLevel.Warning, "{Nano} nano-USD were not booked on budget period {Period}: it ended long ago and was forgotten")]
        public static partial void PeriodUnknown(ILogger logger, long period, long nano);
    }
}
