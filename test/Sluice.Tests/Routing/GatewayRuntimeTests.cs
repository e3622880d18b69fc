using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Routing;
using Sluice.Tests.Configuration;
using Sluice.Tests.Credentials;

namespace Sluice.Tests.Routing;

public sealed class GatewayRuntimeTests : IDisposable
{
    private readonly RoutingFixture _fixture = new();
    private readonly SwitchedConfiguration _configuration = new(With("one"));
    private readonly GatewayRuntime _runtime;

    public GatewayRuntimeTests() => _runtime = new GatewayRuntime(_configuration, _fixture.Builder, _fixture.Prices, NullLogger<GatewayRuntime>.Instance);

    [Fact]
    public void Current_BeforeAnyChange_IsTheConfigurationInForceAndStaysTheSame()
    {
        _runtime.Current.Routes.Find("one").ShouldNotBeNull();
        _runtime.Current.ShouldBeSameAs(_runtime.Current);
        _runtime.Current.Generation.ShouldBe(1);
    }

    [Fact]
    public void Current_AfterAChange_IsTheNewOneAndKeepsCredentialHealth()
    {
        var before = _runtime.Current;
        before.Routes.Providers.Single().Slots.Single().Health.Fail(Setbacks.Rest(long.MaxValue - 1, forRate: true));

        _configuration.Switch(With("two"));

        _runtime.Current.Generation.ShouldBe(2);
        _runtime.Current.Routes.Find("one").ShouldBeNull();
        _runtime.Current.Routes.Find("two").ShouldNotBeNull();
        _runtime.Current.Routes.Providers.Single().Slots.Single().Health.At(0).ForRate.ShouldBeTrue();
        before.Routes.Find("one").ShouldNotBeNull();
    }

    [Fact]
    public void Current_OlderChangeArrivesLate_StaysTheNewerOne()
    {
        _configuration.Switch(With("two"));

        _configuration.Announce(new ConfigSnapshot(With("one"), 1));

        _runtime.Current.Generation.ShouldBe(2);
        _runtime.Current.Routes.Find("two").ShouldNotBeNull();
    }

    [Fact]
    public void Refresh_SameGeneration_MakesTheSnapshotAgain()
    {
        var before = _runtime.Current;

        _runtime.Refresh();

        _runtime.Current.ShouldNotBeSameAs(before);
        _runtime.Current.Generation.ShouldBe(before.Generation);
    }

    public void Dispose()
    {
        _runtime.Dispose();
        _fixture.Dispose();
    }

    private static SluiceConfig With(string model) => ConfigurationFolder.Valid($$"""
        providers: [ { name: main, type: openai, credentials: [ { name: k, api_key: s } ] } ]
        models: [ { name: {{model}}, targets: [ { provider: main, model: x } ] } ]
        """);
}
