using Microsoft.Extensions.DependencyInjection;
using Sluice.Routing;

namespace Sluice.Tests.Cli;

public sealed class RouteCommandsTests : IDisposable
{
    private readonly FakeRoutes _routes = new();
    private readonly CommandRun _run;

    public RouteCommandsTests() => _run = new CommandRun { Services = services => services.AddSingleton<IRouteExplainer>(_routes) };

    [Fact]
    public async Task Explain_KnownModel_ShowsCandidatesAndWhatIsLeftOut()
    {
        _routes.Answer = new RouteExplanation
        {
            MatchedBy = "models[0] \"smart\"",
            Strategy = "priority",
            Candidates = [new RouteCandidate("openai-main", "gpt-5.1", ["k1", "k2"], true, "priority 1")],
            LeftOut = [new RouteLeftOut("vertex-main", "gemini-3-pro", "the type is not served")],
        };

        (await _run.RunAsync("route explain smart --key ci --dialect openai-chat")).ShouldBe(0, _run.ErrorText);

        _routes.Asked.ShouldBe(new RouteQuestion("smart", "ci", "openai-chat"));

        _run.Text.ShouldMatch(@"1 +openai-main +gpt-5\.1 +k1, k2 +relay +priority 1");
        _run.Text.ShouldMatch(@"vertex-main +gemini-3-pro +the type is not served");
        (await _run.RunAsync("route explain smart --key ci --dialect openai-chat --json")).ShouldBe(0);
        _run.Json.GetProperty("candidates")[0].GetProperty("relay").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Explain_Refusal_EndsWithFive()
    {
        _routes.Answer = new RouteExplanation { Refusal = "there is no model \"x\"" };

        (await _run.RunAsync("route explain x")).ShouldBe(5);

        _run.ErrorText.ShouldContain("there is no model \"x\"");
        (await _run.RunAsync("route explain x --json")).ShouldBe(5);
        _run.Json.GetProperty("refusal").GetString().ShouldBe("there is no model \"x\"");
    }

    public void Dispose() => _run.Dispose();

    private sealed class FakeRoutes : IRouteExplainer
    {
        public RouteExplanation Answer { get; set; } = new();

        public RouteQuestion? Asked { get; private set; }

        public RouteExplanation Explain(RouteQuestion question)
        {
            Asked = question;
            return Answer;
        }
    }
}
