using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Limits;
using Sluice.Protocol;
using Sluice.Routing;
using Sluice.Tests.Configuration;

namespace Sluice.Tests.Routing;

public sealed class RouteExplainerTests : IDisposable
{
    private const string Yaml = """
        providers:
          - { name: main, type: openai, credentials: [ { name: k1, api_key: s1 }, { name: k2, api_key: s2 } ] }
          - { name: claude, type: anthropic, credentials: [ { name: k, api_key: s } ] }
          - { name: local, type: openai-compatible, base_url: "http://127.0.0.1:9/v1" }
        models:
          - { name: "gpt-*", targets: [ { provider: main } ] }
          - { name: gpt-mine, targets: [ { provider: local, model: mine } ] }
          - name: smart
            strategy: round_robin
            targets: [ { provider: main, model: gpt-5.1 }, { provider: local, model: mine }, { provider: claude, model: claude-sonnet-4-6 } ]
        """;

    private readonly RoutingFixture _fixture = new();
    private readonly GatewayRuntime _runtime;
    private readonly RouteExplainer _explainer;

    public RouteExplainerTests()
    {
        var configuration = new SwitchedConfiguration(ConfigurationFolder.Valid(Yaml));
        _runtime = new GatewayRuntime(configuration, _fixture.Builder, _fixture.Prices, NullLogger<GatewayRuntime>.Instance);
        _explainer = new RouteExplainer(_runtime, new OneCaller(), _fixture.Time);
    }

    [Fact]
    public void Explain_KnownModel_SaysWhereItWouldGoAndWhyOthersNot()
    {
        var answer = Explain("smart", dialect: "openai-chat");

        answer.Refusal.ShouldBe("");
        answer.Strategy.ShouldBe("round_robin");
        answer.MatchedBy.ShouldBe("models[2] \"smart\"");
        answer.Candidates.Where(candidate => candidate.Relay).Select(candidate => candidate.Provider).ShouldBe(["main", "local"], ignoreOrder: true);
        answer.Candidates.Single(candidate => candidate.Provider == "main").Credentials.ShouldBe(["k1", "k2"]);
        answer.Candidates[^1].Provider.ShouldBe("claude");
        answer.Candidates[^1].Relay.ShouldBeFalse();
        answer.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public void Explain_TakesNobodysTurn()
    {
        var route = _runtime.Current.Routes.Find("smart").ShouldNotBeNull();
        var next = Explain("smart", dialect: "openai-chat").Candidates[0].Provider;

        for (var i = 0; i < 4; i++)
        {
            Explain("smart", dialect: "openai-chat").Candidates[0].Provider.ShouldBe(next);
        }

        route.Order(Operation.Chat)[0].Provider.Name.ShouldBe(next);
    }

    [Theory]
    [InlineData("gpt-mine", "models[1] \"gpt-mine\"")]
    [InlineData("gpt-other", "models[0] \"gpt-*\"")]
    [InlineData("main/gpt-5.1", "provider/model")]
    [InlineData("local/gpt-x", "provider/model")]
    public void Explain_MatchedBy_IsWhatReallyMatched(string model, string match) => Explain(model).MatchedBy.ShouldBe(match);

    [Fact]
    public void Explain_UnknownModelOrKeyOrNoPermission_IsARefusal()
    {
        Explain("nothing").Refusal.ShouldContain("model_not_found");
        Explain("smart", key: "nobody").Refusal.ShouldContain("invalid_api_key");
        Explain("smart", key: "ci").Refusal.ShouldContain("model_not_allowed");
        Explain("gpt-mine", key: "ci").Refusal.ShouldBe("");
    }

    [Fact]
    public void Explain_DialectThatNobodyServes_IsTranslated()
    {
        var answer = Explain("gpt-mine", dialect: "gemini-generate");

        answer.Refusal.ShouldBe("");
        answer.Candidates.ShouldAllBe(candidate => !candidate.Relay);
    }

    [Fact]
    public void Explain_NoCredentialReady_IsARefusal()
    {
        foreach (var slot in _runtime.Current.Routes.Find("claude/x").ShouldNotBeNull().Targets[0].Provider.Slots)
        {
            slot.Health.Set(CredentialState.Disabled, null);
        }

        var answer = Explain("claude/x");

        answer.Refusal.ShouldContain("no_credential_ready");
        answer.LeftOut.Single().Reason.ShouldContain("ready");
    }

    public void Dispose()
    {
        _runtime.Dispose();
        _fixture.Dispose();
    }

    private RouteExplanation Explain(string model, string? key = null, string? dialect = null) => _explainer.Explain(new RouteQuestion(model, key, dialect));

    private sealed class OneCaller : ICallerDirectory
    {
        public Caller? FindByName(string idOrName) => idOrName != "ci" ? null : new Caller
        {
            KeyId = "file:ci",
            KeyName = "ci",
            Models = new ModelAllowList(["gpt-*"]),
            Limiter = new SubjectLimiter(new LimitsConfig()),
        };
    }
}
