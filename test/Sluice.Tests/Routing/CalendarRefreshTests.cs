using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Routing;
using Sluice.Tests.Configuration;

namespace Sluice.Tests.Routing;

public sealed class CalendarRefreshTests : IDisposable
{
    private readonly RoutingFixture _fixture = new();
    private readonly GatewayRuntime _runtime;

    public CalendarRefreshTests()
    {
        var configuration = new SwitchedConfiguration(ConfigurationFolder.Valid(
            "providers: [ { name: main, type: openai, credentials: [ { name: k, api_key: s } ] } ]"));
        _runtime = new GatewayRuntime(configuration, _fixture.Builder, NullLogger<GatewayRuntime>.Instance);
    }

    [Fact]
    public async Task Start_DaysPass_RetiresAModelOnItsDay()
    {
        using var refresh = new CalendarRefresh(_runtime, _fixture.Time);
        await refresh.StartAsync(CancellationToken.None);
        var retires = new DateTime(2026, 10, 23, 0, 0, 0, DateTimeKind.Utc);
        var first = _runtime.Current;
        first.Routes.Find("main/gpt-4-turbo").ShouldNotBeNull().IsRetired.ShouldBeFalse();

        _fixture.Time.Advance(retires.AddSeconds(-1) - _fixture.Time.GetUtcNow());
        _runtime.Current.ShouldNotBeSameAs(first);
        _runtime.Current.Routes.Find("main/gpt-4-turbo").ShouldNotBeNull().IsRetired.ShouldBeFalse();
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        _runtime.Current.Routes.Find("main/gpt-4-turbo").ShouldNotBeNull().IsRetired.ShouldBeTrue();
        _runtime.Current.Routes.Offered.ShouldNotContain(route => route.Name == "gpt-4-turbo");
    }

    [Fact]
    public async Task Stop_Always_LeavesTheRoutesAlone()
    {
        using var refresh = new CalendarRefresh(_runtime, _fixture.Time);
        await refresh.StartAsync(CancellationToken.None);
        await refresh.StopAsync(CancellationToken.None);
        var before = _runtime.Current;

        _fixture.Time.Advance(TimeSpan.FromDays(2));

        _runtime.Current.ShouldBeSameAs(before);
    }

    public void Dispose()
    {
        _runtime.Dispose();
        _fixture.Dispose();
    }
}
