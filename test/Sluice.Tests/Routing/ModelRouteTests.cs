using Sluice.Configuration;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Routing;
using Sluice.Telemetry;

namespace Sluice.Tests.Routing;

public sealed class ModelRouteTests : IDisposable
{
    private readonly RoutingFixture _fixture = new();
    private readonly GatewayMetrics _metrics = new();

    [Fact]
    public void Order_Priority_IsByNumber_EqualOnesShareByWeight()
    {
        var route = Route(RoutingStrategy.Priority, Target("c", priority: 2), Target("a", weight: 3), Target("b", weight: 1));

        var firsts = Firsts(route, 400);

        firsts["a"].ShouldBeInRange(290, 310);
        firsts["b"].ShouldBeInRange(90, 110);
        firsts.ContainsKey("c").ShouldBeFalse();
        Names(route)[2].ShouldBe("c");
    }

    [Fact]
    public void Order_Weighted_SharesOverAllWhateverTheirPriority()
    {
        var route = Route(RoutingStrategy.Weighted, Target("a", priority: 1, weight: 1), Target("b", priority: 9, weight: 3));

        Firsts(route, 400)["b"].ShouldBeInRange(290, 310);
    }

    [Fact]
    public void Order_RoundRobin_IsEachInTurnAndTheRestBehindIt()
    {
        var route = Route(RoutingStrategy.RoundRobin, Target("a"), Target("b"), Target("c"));

        string[] orders = [.. Enumerable.Range(0, 6).Select(_ => string.Concat(Names(route)))];

        orders.Distinct().Order().ShouldBe(["abc", "bca", "cab"]);
        orders[3..].ShouldBe(orders[..3]);
    }

    [Fact]
    public void Order_LeastBusy_IsFewestCallsForTheWeight()
    {
        var busy = Target("busy", weight: 4);
        var idle = Target("idle", weight: 1);
        var route = Route(RoutingStrategy.LeastBusy, busy, idle);
        Lease(busy, 3);
        Lease(idle, 1);

        Names(route).ShouldBe(["busy", "idle"]);

        Lease(busy, 2);
        Names(route).ShouldBe(["idle", "busy"]);
    }

    [Fact]
    public void Order_Cost_IsCheapestFirstAndUnpricedLast()
    {
        var route = Route(RoutingStrategy.Cost, Target("unpriced"), Target("dear", price: 5), Target("cheap", price: 1), Target("free", price: 0));

        Names(route).ShouldBe(["free", "cheap", "dear", "unpriced"]);
    }

    [Fact]
    public void Order_Quality_IsByNumberWithoutSharing()
    {
        var route = Route(RoutingStrategy.Quality, Target("b", priority: 2), Target("a", priority: 1), Target("a2", priority: 1, weight: 100));

        for (var i = 0; i < 20; i++)
        {
            Names(route).ShouldBe(["a", "a2", "b"]);
        }
    }

    [Fact]
    public void Order_Speed_IsFastestFirstAndUntriedBeforeIt()
    {
        var slow = Target("slow");
        var fast = Target("fast");
        slow.Speed.NoteSuccess(900_000);
        fast.Speed.NoteSuccess(100_000);

        Names(Route(RoutingStrategy.Speed, slow, fast, Target("untried"))).ShouldBe(["untried", "fast", "slow"]);
    }

    [Fact]
    public void Order_Adaptive_PutsFailingSlowAndDearLast()
    {
        var failing = Target("failing", price: 1);
        var slow = Target("slow", price: 1);
        var good = Target("good", price: 1);
        foreach (var (target, micros) in (IEnumerable<(RouteTarget, long)>)[(failing, 100_000), (slow, 20_000_000), (good, 100_000)])
        {
            target.Speed.NoteSuccess(micros);
        }

        for (var i = 0; i < 20; i++)
        {
            failing.Speed.NoteFailure();
        }

        Names(Route(RoutingStrategy.Adaptive, failing, slow, good)).ShouldBe(["good", "slow", "failing"]);
    }

    [Fact]
    public void Order_OperationThatSomeServe_LeavesTheOthersOut()
    {
        var route = Route(RoutingStrategy.Priority, Target("claude", type: "anthropic"), Target("gpt"));

        route.Order(Operation.Embeddings).Select(target => target.Model).ShouldBe(["gpt"]);
        route.Order(Operation.CountTokens).Select(target => target.Model).ShouldBe(["claude"]);
        route.Order(Operation.EmbedContent).ShouldBeEmpty();
    }

    [Fact]
    public void Order_GenerationInAnotherDialect_ComesAfterWhoCanRelay()
    {
        var route = Route(RoutingStrategy.Priority, Target("claude", type: "anthropic"), Target("gpt"));

        route.Order(Operation.Chat).Select(target => target.Model).ShouldBe(["gpt", "claude"]);
        route.Order(Operation.Messages).Select(target => target.Model).ShouldBe(["claude", "gpt"]);
        route.Order(Operation.GenerateContent).Length.ShouldBe(2);
    }

    [Fact]
    public void Order_OnlyTarget_IsTheRoutesOwnArray()
    {
        var route = Route(RoutingStrategy.Weighted, Target("gpt"));

        route.Order(Operation.Chat).ShouldBeSameAs(route.Targets);
        route.Order(Operation.CountTokens).ShouldBeEmpty();
    }

    [Fact]
    public void Order_LookingOnly_TakesNoTurn()
    {
        var route = Route(RoutingStrategy.RoundRobin, Target("a"), Target("b"), Target("c"));
        Names(route);

        var seen = route.Order(Operation.Chat, takesTurn: false).Select(target => target.Model).ToArray();
        var again = route.Order(Operation.Chat, takesTurn: false).Select(target => target.Model).ToArray();

        again.ShouldBe(seen);
        Names(route).ShouldBe(seen);
    }

    public void Dispose() => _fixture.Dispose();

    private static ModelRoute Route(RoutingStrategy strategy, params RouteTarget[] targets) => new("smart", strategy, targets);

    private static string[] Names(ModelRoute route) => [.. route.Order(Operation.Chat).Select(target => target.Model)];

    private static Dictionary<string, int> Firsts(ModelRoute route, int turns)
        => Enumerable.Range(0, turns).Select(_ => Names(route)[0]).CountBy(name => name).ToDictionary();

    private static void Lease(RouteTarget target, int times)
    {
        for (var i = 0; i < times; i++)
        {
            target.Provider.TryLease(target, [], 0).ShouldNotBeNull();
        }
    }

    private RouteTarget Target(string model, int priority = 1, int weight = 1, decimal? price = null, string type = "openai")
    {
        var config = new ProviderConfig { Name = $"{type}-{model}", Type = type, Credentials = [new CredentialConfig { Name = "k", ApiKey = new Secret("s") }] };
        var provider = RoutingFixture.Provider(type);
        var baseUrl = provider.Descriptor.DefaultBaseUrl!;
        var runtime = new ProviderRuntime(config, provider, baseUrl, _fixture.Credentials.Slots(config, provider, baseUrl));
        var list = price is { } usd ? PriceList.From(new ModelPrice { Input = usd, Output = usd }) : null;
        return new RouteTarget(runtime, model, priority, weight, list, _metrics.Target(config.Name, model, UpstreamIdentity.None));
    }
}
