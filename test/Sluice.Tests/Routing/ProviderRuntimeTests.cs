using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Routing;
using Sluice.Telemetry;
using Sluice.Tests.Credentials;

namespace Sluice.Tests.Routing;

public sealed class ProviderRuntimeTests : IDisposable
{
    private readonly RoutingFixture _fixture = new();

    [Fact]
    public void TryLease_ManyTurns_SharesByWeight()
    {
        var (provider, target) = Make(Credential("a", weight: 1), Credential("b", weight: 3));
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 1000; i++)
        {
            var slot = provider.TryLease(target, [], 0).ShouldNotBeNull().Slot;
            counts[slot.Name] = counts.GetValueOrDefault(slot.Name) + 1;
        }

        counts["b"].ShouldBeInRange(740, 760);
        provider.InFlight.ShouldBe(1000);
    }

    [Fact]
    public void TryLease_TriedOrNotReady_TakesAnother()
    {
        var (provider, target) = Make(Credential("a"), Credential("b"), Credential("c"));
        provider.Slots[0].Health.Set(CredentialState.Disabled, null);
        TriedCandidate[] tried = [new(target, provider.Slots[1])];

        provider.TryLease(target, tried, 0).ShouldNotBeNull().Slot.ShouldBeSameAs(provider.Slots[2]);

        provider.Slots[2].Health.Fail(Setbacks.Rest(50, forRate: true));
        provider.TryLease(target, tried, 49).ShouldBeNull();
        provider.TryLease(target, tried, 50).ShouldNotBeNull().Slot.ShouldBeSameAs(provider.Slots[2]);
    }

    [Fact]
    public void TryLease_AllBusy_GivesNullUntilOneIsReleased()
    {
        var (provider, target) = Make(Credential("a", most: 1), Credential("b", most: 2));
        CredentialLease[] leased = [.. Enumerable.Range(0, 3).Select(_ => provider.TryLease(target, [], 0).ShouldNotBeNull())];

        provider.TryLease(target, [], 0).ShouldBeNull();

        leased[1].Release();
        leased[1].Release();
        provider.TryLease(target, [], 0).ShouldNotBeNull().Slot.ShouldBeSameAs(leased[1].Slot);
        provider.TryLease(target, [], 0).ShouldBeNull("a lease that is released twice gives one place back");
    }

    [Fact]
    public void TryLease_NoCredential_GivesNull()
    {
        var (provider, target) = Make();

        provider.TryLease(target, [], 0).ShouldBeNull();
    }

    [Fact]
    public void SoonestReady_ManyCool_IsTheFirstThatEnds()
    {
        var (provider, _) = Make(Credential("a"), Credential("b"), Credential("c"));
        provider.SoonestReady(0, out _).ShouldBe(0);
        provider.Slots[0].Health.Fail(Setbacks.Rest(300, forRate: false));
        provider.Slots[1].Health.Fail(Setbacks.Rest(200, forRate: true));

        provider.SoonestReady(100, out var forRate).ShouldBe(200);
        forRate.ShouldBeTrue();
        provider.SoonestReady(250, out forRate).ShouldBe(300);
        forRate.ShouldBeFalse();
        provider.SoonestReady(300, out _).ShouldBe(0);
    }

    [Fact]
    public void SoonestReady_DisabledCredentialCools_IsNotWaitedFor()
    {
        var (provider, _) = Make(Credential("a"), Credential("b"));
        provider.Slots[0].Health.Fail(Setbacks.Rest(200, forRate: true));
        provider.Slots[0].Health.Set(CredentialState.Disabled, null);
        provider.Slots[1].Health.Fail(Setbacks.Rest(900, forRate: true));

        provider.SoonestReady(100, out _).ShouldBe(900);
    }

    [Fact]
    public void Serves_DialectsOfTheConfiguration_NarrowAndWiden()
    {
        var usual = Make().Provider;
        var narrow = Make(["openai-responses"]).Provider;
        var wide = Make(["openai-chat", "anthropic-messages"]).Provider;

        usual.Serves(Operation.Chat).ShouldBeTrue();
        usual.Serves(Operation.Responses).ShouldBeTrue();
        usual.Serves(Operation.Messages).ShouldBeFalse();
        narrow.Serves(Operation.Chat).ShouldBeFalse();
        narrow.Serves(Operation.Responses).ShouldBeTrue();
        wide.Serves(Operation.Messages).ShouldBeTrue();
    }

    public void Dispose() => _fixture.Dispose();

    private static CredentialConfig Credential(string name, int weight = 1, int most = 0)
        => new() { Name = name, ApiKey = new Secret("s-" + name), Weight = weight, MaxConcurrency = most };

    private (ProviderRuntime Provider, RouteTarget Target) Make(params CredentialConfig[] credentials) => Make([], credentials);

    private (ProviderRuntime Provider, RouteTarget Target) Make(string[] dialects, params CredentialConfig[] credentials)
    {
        var config = new ProviderConfig { Name = "p", Type = "openai", Credentials = credentials, Dialects = dialects };
        var vendor = RoutingFixture.Provider("openai");
        var provider = new ProviderRuntime(config, vendor, "http://127.0.0.1:1/v1", _fixture.Credentials.Slots(config, vendor, "http://127.0.0.1:1/v1"));
        return (provider, new RouteTarget(provider, "m", 1, 1, null, new GatewayMetrics().Target("p", "m", UpstreamIdentity.None)));
    }
}
