using Sluice.Configuration;
using Sluice.Limits.Budgets;
using Sluice.TestKit;
using Sluice.Tests.Configuration;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Limits.Budgets;

public sealed class BudgetDirectoryTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();
    private readonly Sluice.Storage.SqliteDatabase _database;

    public BudgetDirectoryTests() => _database = _storage.Open();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public void For_EveryScope_ComesInTheOrderOfReserving()
    {
        var node = Node(
            BudgetNode.Budget("m", "model", 1), BudgetNode.Budget("k", "key", 1), BudgetNode.Budget("u", "user", 1),
            BudgetNode.Budget("t", "team", 1), BudgetNode.Budget("g", "global", 1));
        var subject = BudgetNode.Subject("own", "user", "team", new BudgetConfig { Usd = 1 });

        node.Accounts(subject).Select(account => account.Policy.Name).ShouldBe(["g", "t", "u", "k", "own", "m"]);
    }

    [Theory]
    [InlineData("key", "ci-*", true)]
    [InlineData("key", "prod-*", false)]
    [InlineData("model", "gpt-*", true)]
    [InlineData("model", "claude-*", false)]
    [InlineData("user", "*", false)]
    [InlineData("team", "*", false)]
    public void For_Pattern_CountsWhatItMatchesAndNothingWithoutAName(string scope, string match, bool counts)
        => Node(BudgetNode.Budget("b", scope, 1, match: match)).Accounts(BudgetNode.Subject("ci-1"), "gpt-5.1").Length.ShouldBe(counts ? 1 : 0);

    [Fact]
    public void For_NoBudgets_IsEmpty() => Node().Accounts().ShouldBeEmpty();

    [Fact]
    public void For_Each_GivesEverySubjectItsOwnAndOtherwiseOneIsShared()
    {
        var node = Node(BudgetNode.Budget("each", "key", 1, each: true), BudgetNode.Budget("shared", "key", 1));
        var (one, other) = (node.Accounts(BudgetNode.Subject("a")), node.Accounts(BudgetNode.Subject("b")));

        one[0].ShouldNotBeSameAs(other[0]);
        one[1].ShouldBeSameAs(other[1]);
        node.Accounts(BudgetNode.Subject("a")).ShouldBe(one);
    }

    [Fact]
    public void For_Warm_AllocatesNothing()
    {
        var node = Node(BudgetNode.Budget("g", "global", 1), BudgetNode.Budget("m", "model", 1));
        var subject = BudgetNode.Subject();
        node.Gate.For(subject, "m");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            node.Gate.For(subject, "m");
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void For_CallerOfAFormerGeneration_DoesNotBringItsLimitBack()
    {
        var node = Node();
        var former = BudgetNode.Subject(own: new BudgetConfig { Usd = 1 }, version: 1);
        var present = BudgetNode.Subject(own: new BudgetConfig { Usd = 2 }, version: 2);

        node.Accounts(present)[0].Policy.LimitNano.ShouldBe(2_000_000_000);
        node.Accounts(former)[0].Policy.LimitNano.ShouldBe(2_000_000_000);
    }

    [Fact]
    public async Task For_BudgetOfTheDatabase_IsInForceUntilItIsDeletedAndTheFileWinsItsName()
    {
        var node = Node(BudgetNode.Budget("same", "global", 1));
        await node.Store.InsertAsync("bud_1", BudgetNode.Budget("same", "global", 5));
        await node.Store.InsertAsync("bud_2", BudgetNode.Budget("other", "global", 7));
        node.Accounts().Select(account => account.Policy.LimitNano).ShouldBe([7, 1]);

        await node.Store.DeleteAsync("bud_2");

        node.Accounts().Length.ShouldBe(1);
    }

    [Fact]
    public void Configuration_EverySetting_IsRead()
    {
        var config = ConfigurationFolder.Valid("""
            keys: [ { name: a, key: a, user: ann, team: red, budget: { usd: 1.5, per: week, time_zone: Europe/Berlin, mode: shadow, alerts: [1, 0.25], on_exceed: clamp } } ]
            budgets: [ { name: b, scope: team, match: "r*", each: true, usd: 2 } ]
            """);

        var key = config.Keys[0];
        (key.User, key.Team).ShouldBe(("ann", "red"));
        var own = BudgetPolicy.OfKey("file:a", "a", key.Budget!);
        (own.LimitNano, own.Per, own.Zone.Id, own.IsShadow, own.ClampsOutput).ShouldBe((1_500_000_000, BudgetPer.Week, "Europe/Berlin", true, true));
        own.Alerts.ShouldBe([250_000, 1_000_000]);
        var shared = BudgetPolicy.Of(config.Budgets[0], "id");
        (shared.Scope, shared.Match, shared.IsEach, shared.LimitNano, shared.Per, shared.Origin)
            .ShouldBe((BudgetScope.Team, "r*", true, 2_000_000_000, BudgetPer.Total, ConfigOrigin.File));
    }

    [Theory]
    [InlineData("time_zone: Europe/Berlim", "unknown time zone; did you mean \"Europe/Berlin\"?")]
    [InlineData("alerts: [0]", "must be above 0 and up to 1")]
    [InlineData("alerts: [2]", "must be above 0 and up to 1")]
    [InlineData("mode: shadows", "did you mean \"shadow\"?")]
    [InlineData("per: year", "unknown value \"year\"")]
    [InlineData("each: perhaps", "expected true or false")]
    [InlineData("scope: teams", "did you mean \"team\"?")]
    public void Configuration_WrongValue_IsRefusedWithAReason(string setting, string reason)
    {
        using var folder = new ConfigurationFolder($"budgets: [ {{ name: b, usd: 1, {setting} }} ]");

        folder.Load().Errors.ShouldHaveSingleItem().Message.ShouldContain(reason);
    }

    private BudgetNode Node(params SharedBudgetConfig[] budgets) => new(_database, new FakeTime(), new SluiceConfig { Budgets = budgets });
}
