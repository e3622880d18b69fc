using Sluice.Storage;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

public sealed class LedgerInvariantTests : IAsyncLifetime
{
    private LedgerFixture _fixture = null!;

    public async Task InitializeAsync()
    {
        _fixture = await LedgerFixture.StartNewAsync();
        for (var i = 0; i < 20; i++)
        {
            var entry = LedgerFixture.Entry("req_" + i, new BudgetCharge(1, 5_000));
            await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry, cost: i));
        }

        await _fixture.Queue.FlushAsync();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public void Check_AnAccountOfTheLedger_HasNothingToSay() => _fixture.Violations().ShouldBeEmpty();

    [Theory]
    [InlineData("UPDATE usage_records SET cost = cost + 1 WHERE id = 3", "cost")]
    [InlineData("DELETE FROM usage_records WHERE id = 3", "calls")]
    [InlineData("UPDATE usage_hours SET input = input - 1", "input")]
    [InlineData("UPDATE usage_days SET calls = calls + 1", "usage_days")]
    [InlineData("DELETE FROM usage_minutes", "usage_minutes")]
    public async Task Check_SomethingWasChanged_SaysWhat(string change, string expected)
    {
        await _fixture.Database.WriteAsync(connection => connection.Execute(change));

        _fixture.Violations().ShouldContain(violation => violation.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(190, true)]
    [InlineData(191, false)]
    public async Task Check_WithBudgets_ComparesWhatTheyCountAsSpent(long spent, bool agrees)
    {
        await _fixture.Database.WriteAsync(connection => connection.Execute(
            "INSERT INTO budget_periods (id, budget, per, starts_at, limit_nano, spent, held) VALUES (1, 1, 'total', 0, 1000, $0, 0)", spent));

        (_fixture.Violations().Count == 0).ShouldBe(agrees);
    }
}
