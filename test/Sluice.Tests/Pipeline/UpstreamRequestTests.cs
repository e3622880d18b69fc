using System.Text;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Routing;

namespace Sluice.Tests.Pipeline;

public sealed class UpstreamRequestTests : IDisposable
{
    private readonly CallFixture _fixture = new();

    [Theory]
    [InlineData("{\"model\":\"smart\",\"messages\":[]}")]
    [InlineData("  { \"messages\" : [ \"\u00e9\" ] ,\r\n \"model\" : \"smart\" , \"n\":1.0e0 }\n")]
    [InlineData("{\"model\":\"sm\\u0061rt\",\"messages\":[]}")]
    public void Build_NothingToEdit_SendsTheClientsOwnBytesWithoutACopy(string body)
    {
        var call = _fixture.Call(body: body);

        using var request = Build(call, _fixture.Target());

        BodyOf(request).ShouldBe(body);
        request.Bytes.Span.Overlaps(call.BodyBuffer).ShouldBeTrue();
        HeadOf(request).ShouldEndWith($"content-length: {Encoding.UTF8.GetByteCount(body)}");
        call.UsageFilter.ShouldBeNull();
    }

    [Fact]
    public void Build_Alias_ReplacesTheNameAndNothingElse()
    {
        var call = _fixture.Call(body: "{ \"messages\": [], \"model\": \"smart\", \"z\": \"smart\" }");

        using var request = Build(call, _fixture.Target(model: "org/gpt-\u00e9\"5"));

        BodyOf(request).ShouldBe("{ \"messages\": [], \"model\": \"org/gpt-\u00e9\\\"5\", \"z\": \"smart\" }");
        Encoding.UTF8.GetString(call.Body).ShouldContain("\"model\": \"smart\"");
        HeadOf(request).ShouldEndWith($"content-length: {Encoding.UTF8.GetByteCount(BodyOf(request))}");
    }

    [Fact]
    public void Build_AnotherTargetAfterAFailure_StartsFromTheClientsBytesAgain()
    {
        var call = _fixture.Call(body: "{\"model\":\"smart\",\"messages\":[]}");
        using (var first = Build(call, _fixture.Target(model: "first")))
        {
            BodyOf(first).ShouldBe("{\"model\":\"first\",\"messages\":[]}");
        }

        using (var second = Build(call, _fixture.Target()))
        {
            BodyOf(second).ShouldBe("{\"model\":\"smart\",\"messages\":[]}");
        }

        using var third = Build(call, _fixture.Target(model: "third"));
        BodyOf(third).ShouldBe("{\"model\":\"third\",\"messages\":[]}");
    }

    [Theory]
    [InlineData("{\"model\":\"smart\",\"messages\":[],\"stream\":true}", "{\"stream_options\":{\"include_usage\":true},\"model\":\"smart\",\"messages\":[],\"stream\":true}")]
    [InlineData("{\"model\":\"smart\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":false}}", "{\"model\":\"smart\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":true}}")]
    public void Build_StreamWithoutUsage_AsksForItAndTakesItOutAgain(string body, string sent)
    {
        var call = _fixture.Call(body: body);

        using var request = Build(call, _fixture.Target());

        BodyOf(request).ShouldBe(sent);
        call.UsageFilter.ShouldNotBeNull();
    }

    [Fact]
    public void Build_ClientAsksForUsageItself_ChangesNothing()
    {
        const string body = "{\"model\":\"smart\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
        var call = _fixture.Call(body: body);

        using var request = Build(call, _fixture.Target());

        BodyOf(request).ShouldBe(body);
        call.UsageFilter.ShouldBeNull();
    }

    [Fact]
    public void Build_Head_HasTheCredentialAndOnlyTheHeadersThatTravel()
    {
        var call = _fixture.Call();
        var headers = _fixture.Http.Request.Headers;
        headers.Authorization = "Bearer client-key";
        headers.Cookie = "c=1";
        headers.UserAgent = "client/1";
        headers["x-forwarded-for"] = "10.0.0.1";
        headers["anthropic-beta"] = new(["a-1", "b-2"]);
        headers.Accept = "application/json";

        using var request = Build(call, _fixture.Target());

        HeadOf(request).ShouldBe(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:9\r\nuser-agent: sluice\r\naccept-encoding: identity\r\ncontent-type: application/json\r\n"
            + "authorization: Bearer sk-1\r\naccept: application/json\r\nanthropic-beta: a-1,b-2\r\ncontent-length: 31");
    }

    [Theory]
    [InlineData(null, "2023-06-01")]
    [InlineData("2024-01-01", "2024-01-01")]
    public void Build_Anthropic_SendsTheVersionThatCameOrTheUsualOne(string? sent, string expected)
    {
        var call = _fixture.Call(Operation.Messages, "{\"model\":\"smart\",\"max_tokens\":5,\"messages\":[]}");
        if (sent is not null)
        {
            _fixture.Http.Request.Headers["anthropic-version"] = sent;
        }

        using var request = Build(call, _fixture.Target(type: "anthropic", baseUrl: "http://127.0.0.1:9"));

        HeadOf(request).ShouldContain($"\r\nanthropic-version: {expected}\r\n");
        HeadOf(request).Split("anthropic-version").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("embed_content", "{\"model\":\"models/smart\",\"content\":{}}", "{\"model\":\"models/real\",\"content\":{}}")]
    [InlineData("batch_embed_contents", "{\"requests\":[{\"model\":\"models/smart\"},{\"model\":\"models/smart\"}]}", "{\"requests\":[{\"model\":\"models/real\"},{\"model\":\"models/real\"}]}")]
    public void Build_GeminiBodyThatRepeatsTheModel_NamesTheTargets(string operation, string body, string sent)
    {
        var call = _fixture.Call(Operation.All.Single(one => one.Name == operation), body);

        using (var request = Build(call, _fixture.Target("real", "gemini", "http://127.0.0.1:9")))
        {
            BodyOf(request).ShouldBe(sent);
            HeadOf(request).ShouldStartWith("POST /v1beta/models/real:");
            HeadOf(request).ShouldEndWith($"content-length: {sent.Length}");
        }

        using var unchanged = Build(call, _fixture.Target("smart", "gemini", "http://127.0.0.1:9"));
        BodyOf(unchanged).ShouldBe(body);
        unchanged.Bytes.Span.Overlaps(call.BodyBuffer).ShouldBeTrue();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(830)]
    [InlineData(900)]
    [InlineData(1024)]
    [InlineData(5000)]
    [InlineData(30000)]
    public void Build_HeadOfAnyLength_IsWhole(int length)
    {
        var betas = new string('b', length);
        _fixture.Http.Request.Headers["anthropic-beta"] = betas;
        foreach (var model in (string[])["smart", "another"])
        {
            var call = _fixture.Call(body: "{\"model\":\"smart\",\"messages\":[]}");

            using var request = Build(call, _fixture.Target(model));

            HeadOf(request).ShouldContain($"\r\nanthropic-beta: {betas}\r\n");
            BodyOf(request).ShouldBe($"{{\"model\":\"{model}\",\"messages\":[]}}");
        }
    }

    [Fact]
    public void Build_Query_KeepsWhatIsNoCredential()
    {
        var call = _fixture.Call();
        _fixture.Http.Request.QueryString = new("?beta=true&%6bey=sk-client");

        using var request = Build(call, _fixture.Target());

        HeadOf(request).ShouldStartWith("POST /v1/chat/completions?beta=true HTTP/1.1\r\n");
        HeadOf(request).ShouldNotContain("sk-client");
    }

    [Theory]
    [InlineData("gemini-3-pro", "/v1beta/models/gemini-3-pro:generateContent")]
    [InlineData("tuned/a b", "/v1beta/models/tuned/a%20b:generateContent")]
    public void Build_ModelInThePath_IsEncodedThere(string model, string path)
    {
        var call = _fixture.Call(Operation.GenerateContent, "{\"contents\":[]}");

        using var request = Build(call, _fixture.Target(model, "gemini", "http://127.0.0.1:9"));

        HeadOf(request).ShouldStartWith($"POST {path} HTTP/1.1\r\n");
        BodyOf(request).ShouldBe("{\"contents\":[]}");
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a//b")]
    public void Build_ModelThatCannotStandInAPath_GivesNull(string model)
    {
        var target = _fixture.Target(model, "gemini", "http://127.0.0.1:9");

        UpstreamRequest.Build(_fixture.Call(Operation.GenerateContent, "{\"contents\":[]}"), target, target.Provider.Slots[0]).ShouldBeNull();
    }

    [Fact]
    public void Build_SecretWithALineBreak_IsRefused()
    {
        var target = _fixture.Target(secrets: "sk\r\nx: 1");

        Should.Throw<InvalidOperationException>(() => UpstreamRequest.Build(_fixture.Call(), target, target.Provider.Slots[0]));
    }

    public void Dispose() => _fixture.Dispose();

    private static UpstreamRequest Build(GatewayCall call, RouteTarget target)
        => UpstreamRequest.Build(call, target, target.Provider.Slots[0]).ShouldNotBeNull();

    private static string HeadOf(in UpstreamRequest request) => Split(request)[0];

    private static string BodyOf(in UpstreamRequest request) => Split(request)[1];

    private static string[] Split(in UpstreamRequest request) => Encoding.UTF8.GetString(request.Bytes.Span).Split("\r\n\r\n", 2);
}
