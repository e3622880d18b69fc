using Sluice.Configuration;
using Sluice.Limits.Budgets;
using Sluice.TestKit;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Limits.Budgets;

public sealed class BudgetGateTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();
    private readonly FakeTime _time = new();
    private readonly Sluice.Storage.SqliteDatabase _database;

    public BudgetGateTests() => _database = _storage.Open();

    public void Dispose() => _storage.Dispose();

    [Theory]
    [InlineData(1_000, 7)]
    [InlineData(1_000_000_000, 3_000_000)]
    [InlineData(999, 1_000)]
    [InlineData(10, 10)]
    [InlineData(0, 1)]
    public async Task ReserveAsync_OneAfterAnother_ExactlyAsManyAsFitAreAllowed(long limit, long each)
    {
        var node = Node(BudgetNode.Global(limit));
        var allowed = 0;
        while ((await node.ReserveAsync(each, new BudgetHold())).Allowed)
        {
            allowed++;
        }

        allowed.ShouldBe((int)(limit / each));
        BudgetSums.Violations(_database).ShouldBeEmpty();
    }

    [Fact]
    public async Task ReserveAsync_EachCallCostsLess_WhatIsLeftOverIsReservedAgain()
    {
        var node = Node(BudgetNode.Global(1_000));
        var hold = new BudgetHold();
        for (var i = 0; i < 91; i++)
        {
            (await node.ReserveAsync(100, hold)).Allowed.ShouldBeTrue($"call {i}");
            await node.EndAsync(hold, 10);
        }

        (await node.ReserveAsync(100, hold)).Allowed.ShouldBeFalse();
        (await node.ReserveAsync(90, hold)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task ReserveAsync_Warm_CompletesAtOnceAndAllocatesNothing()
    {
        var node = Node(BudgetNode.Global(1_000_000_000));
        var (accounts, hold) = (node.Accounts(), new BudgetHold());
        await node.ReserveAsync(10, hold, accounts);
        node.Gate.Settle(hold, 10);
        Call();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Call();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Call()
        {
            var reserve = node.Gate.ReserveAsync(accounts, 10, hold);
            reserve.IsCompletedSuccessfully.ShouldBeTrue();
            node.Gate.Settle(hold, 10);
        }
    }

    [Fact]
    public async Task ReserveAsync_SecondBudgetRefuses_FirstIsGivenBack()
    {
        var node = Node(new SluiceConfig { Budgets = [BudgetNode.Budget("wide", "global", 1_000), BudgetNode.Budget("narrow", "model", 10)] });
        var hold = new BudgetHold();

        var refused = await node.ReserveAsync(11, hold);

        refused.Allowed.ShouldBeFalse();
        refused.RefusedBy!.Policy.Name.ShouldBe("narrow");
        refused.AffordableNano.ShouldBe(10);
        await SettleDownAsync(node);
        BudgetSums.Of(_database).ShouldBe((0, 0));
        (await node.ReserveAsync(10, hold)).Allowed.ShouldBeTrue();
        (await node.Gate.AffordableAsync(node.Accounts())).ShouldBe(0);
    }

    [Fact]
    public async Task ReserveAsync_HoldThatIsStillOpen_IsGivenBackFirst()
    {
        var node = Node(BudgetNode.Global(100));
        var hold = new BudgetHold();

        for (var i = 0; i < 5; i++)
        {
            (await node.ReserveAsync(60, hold)).Allowed.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task ReserveAsync_MoreBudgetsThanFitInline_AllAreReserved()
    {
        var node = Node(new SluiceConfig { Budgets = [.. Enumerable.Range(0, 9).Select(i => BudgetNode.Budget($"b{i}", "global", 100))] });
        var hold = new BudgetHold();

        (await node.ReserveAsync(60, hold)).Allowed.ShouldBeTrue();

        hold.Count.ShouldBe(9);
        Enumerable.Range(0, 9).Select(hold.PeriodId).Distinct().Count().ShouldBe(9);
        await node.EndAsync(hold, 1);
        BudgetSums.Of(_database).Spent.ShouldBe(9);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    public async Task ReserveAsync_NothingOrLess_ReservesNothing(long nano)
    {
        var node = Node(BudgetNode.Global(10));
        var hold = new BudgetHold();

        (await node.ReserveAsync(nano, hold)).Allowed.ShouldBeTrue();

        hold.ReservedNano(0).ShouldBe(0);
        await node.EndAsync(hold, -1);
        BudgetSums.Of(_database).Spent.ShouldBe(0);
    }

    [Fact]
    public async Task ReserveAsync_AbsurdAmount_IsRefusedAndDoesNoHarm()
    {
        var node = Node(BudgetNode.Global(1_000));

        (await node.ReserveAsync(long.MaxValue, new BudgetHold())).Allowed.ShouldBeFalse();

        (await node.ReserveAsync(1_000, new BudgetHold())).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Settle_Twice_CountsOnce()
    {
        var node = Node(BudgetNode.Global(100));
        var hold = new BudgetHold();
        await node.ReserveAsync(60, hold);

        node.Gate.Settle(hold, 0);
        node.Gate.Settle(hold, 60);
        await SettleDownAsync(node);

        BudgetSums.Of(_database).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Settle_CostAboveTheReservation_IsBookedAndMarkedAndTakenFromTheRest()
    {
        var node = Node(BudgetNode.Global(100));
        var (one, other) = (new BudgetHold(), new BudgetHold());
        await node.ReserveAsync(10, one);
        await node.ReserveAsync(10, other);

        await node.EndAsync(one, 70);
        await node.Teller.IdleAsync();

        one.IsOverrun.ShouldBeTrue();
        BudgetSums.Violations(_database).ShouldBeEmpty();
        (await node.Gate.AffordableAsync(node.Accounts())).ShouldBe(20);
        await node.EndAsync(other, 10);
        await SettleDownAsync(node);
        BudgetSums.Of(_database).ShouldBe((80, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settle_BeforeOrAfterTheLedgerBooks_EndsAtTheSame(bool ledgerFirst)
    {
        var node = Node(BudgetNode.Global(100));
        var hold = new BudgetHold();
        await node.ReserveAsync(50, hold);
        if (ledgerFirst)
        {
            await node.BookAsync(BudgetNode.Costs(hold, 30));
            await node.Teller.RoundAsync();
            node.Gate.Settle(hold, 30);
        }
        else
        {
            node.Gate.Settle(hold, 30);
            await node.Teller.RoundAsync();
            await node.BookAsync(BudgetNode.Costs(hold, 30));
        }

        BudgetSums.Violations(_database).ShouldBeEmpty();
        (await node.Gate.AffordableAsync(node.Accounts())).ShouldBe(70);
        await SettleDownAsync(node);
        BudgetSums.Of(_database).ShouldBe((30, 0));
    }

    [Fact]
    public async Task ReserveAsync_NextPeriod_BeginsAnewAndOldCallsEndInTheirs()
    {
        var node = Node(BudgetNode.Global(100, "hour"));
        var (late, next) = (new BudgetHold(), new BudgetHold());
        await node.ReserveAsync(100, late);
        var refused = await node.ReserveAsync(1, next);
        refused.ResetsAt.ShouldBe(FakeTime.Start.AddHours(1));

        await AdvanceAsync(TimeSpan.FromHours(1), node);

        (await node.ReserveAsync(100, next)).Allowed.ShouldBeTrue();
        next.PeriodId(0).ShouldNotBe(late.PeriodId(0));
        await node.EndAsync(late, 80);
        await node.EndAsync(next, 10);
        await SettleDownAsync(node);
        BudgetSums.Of(_database).ShouldBe((90, 0));
        BudgetSums.Violations(_database).ShouldBeEmpty();
    }

    [Fact]
    public async Task ReserveAsync_ClockIsSetBack_NoPeriodBeginsTwice()
    {
        var clock = new SettableTime();
        var node = new BudgetNode(_database, clock, BudgetNode.Global(100, "hour"));
        await node.ReserveAsync(100, new BudgetHold());
        clock.Shift(TimeSpan.FromHours(1));
        await node.ReserveAsync(100, new BudgetHold());

        clock.Shift(TimeSpan.FromHours(-1));
        (await node.ReserveAsync(1, new BudgetHold())).Allowed.ShouldBeFalse();
        clock.Shift(TimeSpan.FromHours(1));
        (await node.ReserveAsync(1, new BudgetHold())).Allowed.ShouldBeFalse();

        // Nor does a restart with the clock in the past.
        clock.Shift(TimeSpan.FromHours(-1));
        var restarted = new BudgetNode(_database, clock, BudgetNode.Global(100, "hour"), "other");
        (await restarted.ReserveAsync(1, new BudgetHold())).Allowed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1_000, 150, 40)]
    [InlineData(1_000, 100, 0)]
    [InlineData(1_000, 50, 0)]
    public async Task Reload_LimitChanges_HoldsAtOnceAndKeepsTheCount(long before, long after, long left)
    {
        var node = Node(BudgetNode.Global(before));
        var hold = new BudgetHold();
        await node.ReserveAsync(110, hold);
        await node.EndAsync(hold, 110);

        await node.ReloadAsync(BudgetNode.Global(after));

        (await node.Gate.AffordableAsync(node.Accounts())).ShouldBe(left);
        (await node.ReserveAsync(left + 1, hold)).Allowed.ShouldBeFalse();
        await node.ReloadAsync(BudgetNode.Global(before));
        (await node.ReserveAsync(before - 110, hold)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Reload_BudgetTakenAwayAndBack_KeepsTheCount()
    {
        var node = Node(BudgetNode.Global(100));
        var hold = new BudgetHold();
        await node.ReserveAsync(60, hold);
        await node.EndAsync(hold, 60);

        await node.ReloadAsync(new SluiceConfig());
        node.Accounts().ShouldBeEmpty();
        await node.ReloadAsync(BudgetNode.Global(100));

        (await node.ReserveAsync(41, hold)).Allowed.ShouldBeFalse();
        (await node.ReserveAsync(40, hold)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task ReserveAsync_Shadow_CountsAndRefusesNothing()
    {
        var node = Node(BudgetNode.Global(100, mode: "shadow"));
        var hold = new BudgetHold();
        for (var i = 0; i < 5; i++)
        {
            (await node.ReserveAsync(long.MaxValue, hold)).Allowed.ShouldBeTrue();
            await node.EndAsync(hold, 50);
        }

        (await node.Gate.AffordableAsync(node.Accounts())).ShouldBe(long.MaxValue);
        await SettleDownAsync(node);
        BudgetSums.Of(_database).ShouldBe((250, 0));
    }

    [Fact]
    public async Task RoundAsync_ThresholdsAreReached_AreToldOncePerPeriod()
    {
        var node = Node(BudgetNode.Global(100, "hour"));
        var told = new List<decimal>();
        node.Teller.Alerted += alert => told.Add(alert.Part);
        var hold = new BudgetHold();
        foreach (var cost in (int[])[40, 20, 30, 10])
        {
            await node.ReserveAsync(cost, hold);
            await node.EndAsync(hold, cost);
            await node.Teller.RoundAsync();
            await node.Teller.RoundAsync();
        }

        told.ShouldBe([0.5m, 0.8m, 1m]);
        var reached = new BudgetReader(_database, _time).Of(node.Directory.SharedPolicies[0], "*");
        reached.Reached.Select(threshold => threshold.Part).ShouldBe([0.5m, 0.8m, 1m]);
        reached.SpentNano.ShouldBe(100);

        await AdvanceAsync(TimeSpan.FromHours(1), node);
        await node.ReserveAsync(60, hold);
        await node.EndAsync(hold, 60);
        await node.Teller.RoundAsync();
        told.Count.ShouldBe(4);
    }

    [Fact]
    public async Task ReserveAsync_TwoNodes_ShareOneLimitAndGiveBackWhatTheyDoNotUse()
    {
        var (one, other) = (Node(BudgetNode.Global(1_000), "one"), Node(BudgetNode.Global(1_000), "other"));
        var hold = new BudgetHold();
        await one.ReserveAsync(1, hold);
        BudgetSums.Of(_database).Held.ShouldBe(50);
        (await other.ReserveAsync(951, new BudgetHold())).Allowed.ShouldBeFalse();

        await one.EndAsync(hold, 1);
        await one.Teller.ReturnAsync();

        (await other.ReserveAsync(1_000, new BudgetHold())).Allowed.ShouldBeFalse();
        (await other.ReserveAsync(999, new BudgetHold())).Allowed.ShouldBeTrue();
        BudgetSums.Violations(_database).ShouldBeEmpty();
    }

    [Fact]
    public async Task ReserveAsync_OtherNodeHasDied_ItsHoldIsFreeWhenTheLeaseIsOver()
    {
        var clock = new SettableTime();
        var (one, other) = (new BudgetNode(_database, clock, BudgetNode.Global(100), "one"), new BudgetNode(_database, clock, BudgetNode.Global(100), "other"));
        await one.ReserveAsync(60, new BudgetHold());
        clock.Shift(TimeSpan.FromSeconds(59));
        (await other.ReserveAsync(41, new BudgetHold())).Allowed.ShouldBeFalse();

        clock.Shift(TimeSpan.FromSeconds(2));

        (await other.ReserveAsync(100, new BudgetHold())).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task ReserveAsync_OwnLeaseHasLapsed_UsesNothingThatOthersMayHave()
    {
        var clock = new SettableTime();
        var (one, other) = (new BudgetNode(_database, clock, BudgetNode.Global(1_000), "one"), new BudgetNode(_database, clock, BudgetNode.Global(1_000), "other"));
        await one.ReserveAsync(10, new BudgetHold());
        clock.Shift(TimeSpan.FromMinutes(2));
        (await other.ReserveAsync(990, new BudgetHold())).Allowed.ShouldBeTrue();

        (await one.ReserveAsync(1, new BudgetHold())).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task DropHoldsAsync_AfterACrash_FreesWhatWasNotSpent()
    {
        var crashed = Node(BudgetNode.Global(100));
        var (settled, open) = (new BudgetHold(), new BudgetHold());
        await crashed.ReserveAsync(30, settled);
        await crashed.ReserveAsync(30, open);
        crashed.Gate.Settle(settled, 20);

        var node = Node(BudgetNode.Global(100));
        await node.BookAsync([.. BudgetNode.Costs(settled, 20), .. BudgetNode.Costs(open, 25)]);
        await node.Teller.DropHoldsAsync();

        BudgetSums.Of(_database).ShouldBe((45, 0));
        (await node.ReserveAsync(56, new BudgetHold())).Allowed.ShouldBeFalse();
        (await node.ReserveAsync(55, new BudgetHold())).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task ReserveAsync_DatabaseIsGone_SaysThatNobodyKnows()
    {
        var node = Node(BudgetNode.Global(100));
        _database.Dispose();

        var decision = await node.ReserveAsync(1, new BudgetHold()).WithinAsync("an answer");

        (decision.Allowed, decision.IsUnknown).ShouldBe((false, true));
        BudgetErrors.Of(decision).Code.ShouldBe("budget_unavailable");
    }

    [Theory]
    [InlineData("global", "this gateway")]
    [InlineData("team", "your team")]
    [InlineData("user", "your account")]
    [InlineData("key", "this API key")]
    [InlineData("model", "this model")]
    public async Task Errors_RefusedCall_SaysWhoseBudgetAndWhenItResetsWithoutAmounts(string scope, string words)
    {
        var node = Node(new SluiceConfig { Budgets = [BudgetNode.Budget("b", scope, 123_456, "day")] });

        var error = BudgetErrors.Of(await node.ReserveAsync(123_457, new BudgetHold(), node.Accounts(BudgetNode.Subject(user: "u", team: "t"))));

        error.Code.ShouldBe("budget_exceeded");
        error.Message.ShouldContain($"The budget of {words} does not cover this call");
        error.Message.ShouldContain("2026-06-02T00:00:00Z");
        error.Message.ShouldNotContain("123");
    }

    private BudgetNode Node(SluiceConfig config, string name = "node") => new(_database, _time, config, name);

    private async Task SettleDownAsync(BudgetNode node)
    {
        await AdvanceAsync(BudgetOptions.Idle + BudgetOptions.Renewal + BudgetOptions.Round, node);
        await node.Teller.RoundAsync();
        await node.Teller.RoundAsync();
    }

    /// <summary>In steps, since the work that a timer starts goes on when the clock has passed.</summary>
    private async Task AdvanceAsync(TimeSpan by, BudgetNode node)
    {
        var step = by > TimeSpan.FromMinutes(5) ? TimeSpan.FromMinutes(1) : BudgetOptions.Round;
        for (var passed = TimeSpan.Zero; passed < by; passed += step)
        {
            _time.Advance(step);
            await node.Teller.IdleAsync();
        }
    }
}
