using Sluice.Chaos.Scenarios;

namespace Sluice.Tests.Integration;

/// <summary>Short forms of bench/chaos: budgets under many callers at once are spent to the last call that fits, and no further.</summary>
public sealed class LedgerBudgetTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(10, false)]
    [InlineData(1, true)]
    public async Task Budget_ManyCallersAtOnce_IsNeverOverspent(int keys, bool kills)
    {
        var report = await new BudgetStorm(new ScenarioOptions { Clients = 100 }, keys, kills).RunAsync();

        report.Violations.ShouldBeEmpty(report.ToString());
    }
}
