using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Tests.Routing;

namespace Sluice.Tests.Credentials;

public sealed class CredentialDirectoryTests : IDisposable
{
    private readonly RoutingFixture _fixture = new();

    [Fact]
    public void Slots_Reloaded_KeepTheirHealth()
    {
        var before = Slots(Credential("k")).Single();
        before.TryLease(0).ShouldNotBeNull();
        before.Health.Fail(Setbacks.Rest(100, forRate: true));

        var after = Slots(Credential("k") with { Weight = 5 }).Single();

        after.Health.ShouldBeSameAs(before.Health);
        after.Config.Weight.ShouldBe(5);
        after.Health.StateAt(50).ShouldBe(CredentialState.Cooling);
        after.Health.InFlight.ShouldBe(1);
        after.Pool.ShouldBeSameAs(before.Pool);
    }

    [Fact]
    public void Slots_NewSecret_StartsAnew()
    {
        var before = Slots(Credential("k")).Single();
        before.Health.Fail(Setbacks.Rest(100, forRate: false));

        var after = Slots(Credential("k", "another")).Single();

        after.Health.StateAt(50).ShouldBe(CredentialState.Ready);
        after.Health.LastError.ShouldBeNull();
    }

    [Fact]
    public void Slots_SameNameAtAnotherProvider_IsAnotherCredential()
        => Slots("other", Credential("k")).Single().Health.ShouldNotBeSameAs(Slots(Credential("k")).Single().Health);

    [Fact]
    public void Slots_DisabledAndEnabledAgain_FollowTheConfiguration()
    {
        var health = Slots(Credential("k")).Single().Health;

        Slots(Credential("k") with { Disabled = true });
        health.StateAt(0).ShouldBe(CredentialState.Disabled);

        Slots(Credential("k"));
        health.StateAt(0).ShouldBe(CredentialState.Ready);
    }

    [Fact]
    public void Slots_DisabledAfterACoolingThatIsLongOver_IsDisabled()
    {
        var health = Slots(Credential("k")).Single().Health;
        health.Fail(Setbacks.Rest(100, forRate: true));

        Slots(Credential("k") with { Disabled = true });

        health.StateAt(5000).ShouldBe(CredentialState.Disabled);
    }

    [Fact]
    public void Slots_SetByHand_StaysSoAcrossReloads()
    {
        var health = Slots(Credential("k")).Single().Health;
        health.Set(CredentialState.Draining, "by hand");

        Slots(Credential("k"));
        health.StateAt(0).ShouldBe(CredentialState.Draining);

        Slots(Credential("k") with { Disabled = true });
        health.StateAt(0).ShouldBe(CredentialState.Draining);
    }

    [Fact]
    public void Slots_NoCredentialNeeded_GivesOneWithoutASecret()
    {
        Slots("local", "openai-compatible").Single().Config.ApiKey.IsEmpty.ShouldBeTrue();
        Slots("main", "openai").ShouldBeEmpty();
    }

    [Fact]
    public void Slots_Proxies_HaveTheirOwnPools()
    {
        var slots = Slots(
            Credential("a"), Credential("b"), Credential("c") with { Proxy = "socks5://u1:p@127.0.0.1:1080" }, Credential("d") with { Proxy = "socks5://u2:p@127.0.0.1:1080" });

        slots[0].Pool.ShouldBeSameAs(slots[1].Pool);
        slots.Select(slot => slot.Pool).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Find_ByProviderAndName()
    {
        var health = Slots(Credential("k")).Single().Health;

        _fixture.Credentials.Find("main", "k").ShouldBeSameAs(health);
        _fixture.Credentials.Find("main", "none").ShouldBeNull();
    }

    public void Dispose() => _fixture.Dispose();

    private static CredentialConfig Credential(string name, string secret = "secret") => new() { Name = name, ApiKey = new Secret(secret) };

    private CredentialSlot[] Slots(params CredentialConfig[] credentials) => Slots("main", credentials);

    private CredentialSlot[] Slots(string provider, params CredentialConfig[] credentials) => Slots(provider, "openai", credentials);

    private CredentialSlot[] Slots(string provider, string type, params CredentialConfig[] credentials)
        => _fixture.Credentials.Slots(
            new ProviderConfig { Name = provider, Type = type, Credentials = credentials }, RoutingFixture.Provider(type), "http://127.0.0.1:9/v1");
}
