using Sluice.Configuration;
using Sluice.Protocol;
using Sluice.Routing;

namespace Sluice.Tests.Routing;

public sealed class RoutingTableBuilderTests : IDisposable
{
    private readonly RoutingFixture _fixture = new();

    [Fact]
    public void Build_Models_TakesStrategyTargetsPricesAndOrder()
    {
        var table = _fixture.Build("""
            providers:
              - { name: a, type: openai, credentials: [ { name: k, api_key: s } ] }
              - { name: b, type: openai-compatible, base_url: "http://127.0.0.1:9/v1" }
            models:
              - name: smart
                strategy: round_robin
                targets:
                  - { provider: b, model: local-model, priority: 3, weight: 7, price: { input: 1, output: 2 } }
                  - { provider: a, model: gpt-5.1 }
            """);

        var route = table.Find("smart").ShouldNotBeNull();

        route.Strategy.ShouldBe(RoutingStrategy.RoundRobin);
        route.Targets.Select(target => (target.Provider.Name, target.Model, target.Priority, target.Weight))
            .ShouldBe([("b", "local-model", 3, 7), ("a", "gpt-5.1", 1, 1)]);
        route.Targets[0].Price.ShouldNotBeNull();
        route.Targets[0].ModelJson.ShouldBe("\"local-model\""u8.ToArray());
        table.Offered.Select(one => one.Name).ShouldBe(["smart"]);
    }

    [Theory]
    [InlineData("priority", nameof(RoutingStrategy.Priority))]
    [InlineData("weighted", nameof(RoutingStrategy.Weighted))]
    [InlineData("round_robin", nameof(RoutingStrategy.RoundRobin))]
    [InlineData("least_busy", nameof(RoutingStrategy.LeastBusy))]
    [InlineData("cost", nameof(RoutingStrategy.Cost))]
    [InlineData("quality", nameof(RoutingStrategy.Quality))]
    [InlineData("speed", nameof(RoutingStrategy.Speed))]
    [InlineData("adaptive", nameof(RoutingStrategy.Adaptive))]
    public void Build_EachStrategyOfTheConfiguration_IsKnown(string name, string strategy)
        => _fixture.Build($$"""
            providers: [ { name: a, type: openai, credentials: [ { name: k, api_key: s } ] } ]
            models: [ { name: m, strategy: {{name}}, targets: [ { provider: a, model: x } ] } ]
            """).Find("m").ShouldNotBeNull().Strategy.ToString().ShouldBe(strategy);

    [Fact]
    public void Build_NoModels_OffersEachProvidersOwnList()
    {
        var table = _fixture.Build("""
            providers:
              - { name: one, type: openai, credentials: [ { name: k, api_key: s } ] }
              - { name: two, type: openai, credentials: [ { name: k, api_key: t } ] }
              - { name: claude, type: anthropic, credentials: [ { name: k, api_key: u } ] }
            """);
        var known = RoutingFixture.Provider("openai").Descriptor.Models.First(model => !model.IsRetired(new DateOnly(2026, 6, 1))).Id;

        table.Offered.Select(route => route.Name).ShouldBeUnique();
        table.Offered.ShouldContain(route => route.Targets[0].Provider.Name == "claude");
        table.Find(known).ShouldNotBeNull().Targets.Select(target => target.Provider.Name).ShouldBe(["one", "two"]);
        table.Find(known).ShouldNotBeNull().Order(Operation.Chat)[0].Provider.Name.ShouldBe("one");
        table.Find("no-such-model").ShouldBeNull();
        table.Find("two/no-such-model").ShouldNotBeNull();
    }

    [Fact]
    public void Build_NoModelsAndAProviderWithoutACatalogue_PassesNamesOn()
    {
        var table = _fixture.Build("""
            providers:
              - { name: main, type: openai, credentials: [ { name: k, api_key: s } ] }
              - { name: local, type: openai-compatible, base_url: "http://127.0.0.1:9/v1" }
            """);

        table.Find("llama3:8b").ShouldNotBeNull().Targets.Select(target => target.Provider.Name).ShouldBe(["local"]);
        table.Offered.ShouldAllBe(route => route.Targets[0].Provider.Name == "main");
    }

    [Fact]
    public void Build_Pattern_ListsWhatItsProviderKnows()
    {
        var table = _fixture.Build("""
            providers: [ { name: main, type: openai, credentials: [ { name: k, api_key: s } ] } ]
            models: [ { name: "gpt-5*", targets: [ { provider: main } ] } ]
            """);

        table.Offered.ShouldNotBeEmpty();
        table.Offered.ShouldAllBe(route => route.Name.StartsWith("gpt-5"));
        table.Offered.Select(route => route.Name).ShouldBeUnique();
    }

    [Theory]
    [InlineData("gpt-4-turbo", "2026-10-22", false)]
    [InlineData("gpt-4-turbo", "2026-10-23", true)]
    [InlineData("gpt-4-turbo-2024-04-09", "2026-10-23", true)]
    [InlineData("no-such-model", "2030-01-01", false)]
    public void Find_ProviderAndARetiredModel_KnowsTheDayAndServesNothing(string model, string day, bool retired)
    {
        _fixture.Time.Advance(DateTimeOffset.Parse(day + "T01:00:00Z", System.Globalization.CultureInfo.InvariantCulture) - _fixture.Time.GetUtcNow());
        var table = _fixture.Build("providers: [ { name: main, type: openai, credentials: [ { name: k, api_key: s } ] } ]");

        var route = table.Find($"main/{model}").ShouldNotBeNull();

        route.IsRetired.ShouldBe(retired);
        route.Order(Operation.Chat).Length.ShouldBe(retired ? 0 : 1);
    }

    [Fact]
    public void Find_RetiredModelOnAServerThatIsNotTheVendors_IsServed()
    {
        _fixture.Time.Advance(TimeSpan.FromDays(3650));
        var table = _fixture.Build("""
            providers: [ { name: local, type: openai, base_url: "http://127.0.0.1:9/v1", credentials: [ { name: k, api_key: s } ] } ]
            """);

        table.Find("local/gpt-4-turbo").ShouldNotBeNull().Order(Operation.Chat).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("openai", "omni-moderation-latest")]
    [InlineData("simulator", "sim-moderation")]
    [InlineData("openai-compatible", "omni-moderation-latest")]
    public void Find_ImpliedModelThatNoModelNames_LeadsToTheProvidersThatServeTheOperation(string type, string model)
    {
        var table = _fixture.Build($$"""
            providers:
              - { name: claude, type: anthropic, credentials: [ { name: k, api_key: s } ] }
              - { name: first, type: {{type}}, base_url: "http://127.0.0.1:9/v1", credentials: [ { name: k, api_key: s } ] }
              - { name: second, type: openai, credentials: [ { name: k, api_key: s } ] }
            models: [ { name: smart, targets: [ { provider: claude, model: x } ] } ]
            """);

        var route = table.Find(Operation.Moderations.ImpliedModel).ShouldNotBeNull();

        route.Order(Operation.Moderations).Select(target => target.Provider.Name).ShouldBe(["first", "second"]);
        table.Offered.Select(one => one.Name).ShouldBe(["smart"]);
        route.Targets.Select(target => target.Model).ShouldBe([model, "omni-moderation-latest"]);
    }

    [Fact]
    public void Find_ImpliedModelThatIsConfigured_LeadsWhereTheConfigurationSays()
    {
        var table = _fixture.Build("""
            providers:
              - { name: first, type: openai, credentials: [ { name: k, api_key: s } ] }
              - { name: second, type: openai, credentials: [ { name: k, api_key: s } ] }
            models: [ { name: "omni-*", targets: [ { provider: second } ] } ]
            """);

        table.Find(Operation.Moderations.ImpliedModel).ShouldNotBeNull().Targets.Single().Provider.Name.ShouldBe("second");
    }

    [Fact]
    public void Find_ImpliedModelUnderAPatternThatCannotServeIt_LeadsToOneThatCan()
    {
        var table = _fixture.Build("""
            providers:
              - { name: claude, type: anthropic, credentials: [ { name: k, api_key: s } ] }
              - { name: main, type: openai, credentials: [ { name: k, api_key: s } ] }
            models: [ { name: "*", targets: [ { provider: claude } ] } ]
            """);

        table.Find(Operation.Moderations.ImpliedModel).ShouldNotBeNull().Targets.Single().Provider.Name.ShouldBe("main");
    }

    [Fact]
    public void Find_ImpliedModelThatNobodyServes_IsUnknown()
        => _fixture.Build("""
            providers: [ { name: claude, type: anthropic, credentials: [ { name: k, api_key: s } ] } ]
            models: [ { name: smart, targets: [ { provider: claude, model: x } ] } ]
            """).Find(Operation.Moderations.ImpliedModel).ShouldBeNull();

    [Fact]
    public void Build_ProviderOfALaterVersion_IsLeftOut()
    {
        var table = _fixture.Build(new SluiceConfig
        {
            Providers = [new ProviderConfig { Name = "v", Type = "flow", BaseUrl = "https://x.example.com" }],
            Models = [new ModelConfig { Name = "m", Targets = [new TargetConfig { Provider = "v", Model = "x" }] }],
        });

        table.Find("m").ShouldNotBeNull().Order(Operation.Chat).ShouldBeEmpty();
        table.Find("v/x").ShouldBeNull();
    }

    [Fact]
    public void Build_Simulator_IsReachedWhereItListens()
    {
        const string yaml = "providers: [ { name: sim, type: simulator } ]";
        _fixture.Build(yaml).Providers.Single().Slots.Single().Pool.Origin.Port.ShouldBe(1);

        _fixture.Simulator.Url = "http://127.0.0.1:40123/";

        var slot = _fixture.Build(yaml).Providers.Single().Slots.Single();
        slot.Name.ShouldBe("none");
        slot.Pool.Origin.Port.ShouldBe(40123);
    }

    [Fact]
    public void Build_TwoHundredProvidersOnOneHost_HaveTheirOwnHealth()
    {
        var table = _fixture.Build(new SluiceConfig
        {
            Providers = [.. Enumerable.Range(0, 200).Select(i => new ProviderConfig
            {
                Name = $"p{i}", Type = "openai", BaseUrl = "http://127.0.0.1:9/v1", Credentials = [new CredentialConfig { Name = "k", ApiKey = new Secret($"s{i}") }],
            })],
        });

        var slots = table.Providers.SelectMany(provider => provider.Slots).ToList();

        slots.Select(slot => slot.Health).Distinct().Count().ShouldBe(200);
        slots.Select(slot => slot.Pool).Distinct().Count().ShouldBe(1);
    }

    public void Dispose() => _fixture.Dispose();
}
