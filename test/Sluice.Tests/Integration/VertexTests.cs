using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Gemini and Claude on Vertex AI, reached by Vertex's own paths and by every other dialect.</summary>
public sealed class VertexTests(VertexFixture gateway) : IClassFixture<VertexFixture>
{
    private const string ClientPlace = "/v1/projects/client-project/locations/europe-west9";
    private const string VertexBody = "{ \"anthropic_version\":\"vertex-2023-10-16\", \"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}] }";

    [Theory]
    [InlineData("/v1beta/models/{0}:generateContent")]
    [InlineData("/v1/projects/client-project/locations/europe-west9/publishers/google/models/{0}:generateContent")]
    [InlineData("/v1beta1/projects/client-project/locations/global/publishers/google/models/{0}:generateContent")]
    [InlineData("/v1beta1/publishers/google/models/{0}:generateContent")]
    public async Task GeminiBody_OnAnyPath_GoesUnchangedToTheCredentialsProject(string path)
    {
        var lane = gateway.NextLane();
        var body = "{ \"contents\" : [{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}] }";

        var reply = await gateway.Client.PostAsync(string.Format(null, path, lane.Gemini), body);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(GeminiWire.Response());
        var call = lane.Upstream.Calls.ShouldHaveSingleItem();
        call.Path.ShouldBe(lane.Path("google", "gemini-test:generateContent"));
        call.Text.ShouldBe(body);
        call.Header("x-goog-api-key").ShouldBeNull();
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Tokens("output").ShouldBe(20);
    }

    [Fact]
    public async Task GeminiStream_OnVertexPath_IsRelayedEventByEvent()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync($"{ClientPlace}/publishers/google/models/{lane.Gemini}:streamGenerateContent?alt=sse", GeminiWire.Request());

        reply.Text.ShouldBe(string.Concat(GeminiWire.SseStream()));
        lane.Upstream.Calls.Single().RawTarget.ShouldEndWith(lane.Path("google", "gemini-test:streamGenerateContent?alt=sse"));
    }

    [Theory]
    [InlineData("countTokens", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""")]
    [InlineData("predict", """{"instances":[{"content":"hi"}]}""")]
    [InlineData("embedContent", """{"content":{"parts":[{"text":"hi"}]}}""")]
    public async Task OtherMethods_OnVertexPath_AreRelayed(string method, string body)
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync($"{ClientPlace}/publishers/google/models/{lane.Gemini}:{method}", body);

        reply.Status.ShouldBe(200, reply.Text);
        lane.Upstream.Calls.Single().Path.ShouldBe(lane.Path("google", $"gemini-test:{method}"));
    }

    [Theory]
    [InlineData(false, "rawPredict")]
    [InlineData(true, "streamRawPredict")]
    public async Task MessagesBody_ToClaudeOnVertex_LosesItsModelAndGainsTheVersion(bool stream, string method)
    {
        var lane = gateway.NextLane();
        var rest = $"\"max_tokens\":64, \"messages\":[{{\"role\":\"user\",\"content\":\"hi\"}}]{(stream ? ",\"stream\":true" : "")}}}";

        var reply = await gateway.Client.PostAsync(
            "/v1/messages?beta=true", $"{{\"model\":\"{lane.Claude}\",{rest}", ("anthropic-version", "2023-06-01"), ("anthropic-beta", "one,two"));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(stream ? string.Concat(AnthropicWire.Stream()) : AnthropicWire.Message());
        var call = lane.Upstream.Calls.ShouldHaveSingleItem();
        call.RawTarget.ShouldEndWith(lane.Path("anthropic", $"claude-test@20250929:{method}"));
        call.Text.ShouldBe("{\"anthropic_version\":\"vertex-2023-10-16\"," + rest);
        call.Header("anthropic-version").ShouldBeNull();
        call.Header("anthropic-beta").ShouldBe("one,two");
    }

    [Fact]
    public async Task MessagesCount_ToClaudeOnVertex_KeepsItsModelInTheBody()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/messages/count_tokens", $$"""{"model":"{{lane.Claude}}","messages":[{"role":"user","content":"hi"}]}""");

        reply.Json.GetProperty("input_tokens").GetInt32().ShouldBe(42);
        var call = lane.Upstream.Calls.Single();
        call.Path.ShouldBe(lane.Path("anthropic", "count-tokens:rawPredict"));
        call.Text.ShouldBe("""{"anthropic_version":"vertex-2023-10-16","model":"claude-test@20250929","messages":[{"role":"user","content":"hi"}]}""");
    }

    [Fact]
    public async Task VertexClient_ToClaudeOnVertex_SendsItsOwnBytes()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync($"{ClientPlace}/publishers/anthropic/models/{lane.Claude}:rawPredict", VertexBody);

        reply.Text.ShouldBe(AnthropicWire.Message());
        lane.Upstream.Calls.Single().Text.ShouldBe(VertexBody);
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Tokens("cache_read").ShouldBe(40);
    }

    [Fact]
    public async Task VertexClient_ToAnthropicsOwnApi_IsUnwrapped()
    {
        var upstream = gateway.Upstream.Lane("anthropic");

        // Vertex's spelling of a snapshot finds Anthropic's.
        var reply = await gateway.Client.PostAsync(
            $"{ClientPlace}/publishers/anthropic/models/claude-direct@20250929:rawPredict",
            """{"anthropic_version":"2026-10-21","anthropic_beta":["one","two"],"max_tokens":64,"messages":[{"role":"user","content":"hi"}]}""");

        reply.Status.ShouldBe(200, reply.Text);
        var call = upstream.Requests.Single(request => request.Path == "/v1/messages");
        call.Text.ShouldBe("""{"model":"claude-direct-20250929","max_tokens":64,"messages":[{"role":"user","content":"hi"}]}""");
        call.Header("anthropic-version").ShouldBe("2026-10-21");
        call.Header("anthropic-beta").ShouldBe("one,two");
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Model.ShouldBe("claude-direct-20250929");
    }

    [Fact]
    public async Task VertexClient_ToTheGeminiApi_IsRelayed()
    {
        var reply = await gateway.Client.PostAsync($"{ClientPlace}/publishers/google/models/gem/gemini-x:generateContent", GeminiWire.Request());

        reply.Text.ShouldBe(GeminiWire.Response());
        gateway.Upstream.Lane("gemini").Requests.ShouldContain(request => request.Path == "/v1beta/models/gemini-x:generateContent");
    }

    [Fact]
    public async Task VertexClientOfClaude_ToGemini_IsTranslatedWithoutLoss()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync($"{ClientPlace}/publishers/anthropic/models/{lane.Gemini}:rawPredict", VertexBody);

        reply.Json.GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Hello there");
        reply.Header("x-sluice-dropped").ShouldBeNull();
        lane.Upstream.Calls.Single().Path.ShouldBe(lane.Path("google", "gemini-test:generateContent"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ChatClient_ToClaudeOnVertex_IsTranslated(bool stream)
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Claude, stream));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldContain("Hello");
        var call = lane.Upstream.Calls.Single();
        call.Path.ShouldBe(lane.Path("anthropic", $"claude-test@20250929:{(stream ? "streamRawPredict" : "rawPredict")}"));
        call.Json.TryGetProperty("model", out _).ShouldBeFalse();
        call.Json.GetProperty("anthropic_version").GetString().ShouldBe("vertex-2023-10-16");
        call.Header("anthropic-version").ShouldBeNull();
    }

    [Fact]
    public async Task LongRunning_IsPolledAtTheProjectThatBeganIt()
    {
        // Two accounts: whoever is polled must be the one that the name says.
        var lane = gateway.Pair;
        lane.Upstream.Script = request => request.Path.EndsWith(":predictLongRunning", StringComparison.Ordinal)
            ? UpstreamAnswer.Json($$"""{"name":"{{request.Path[4..request.Path.IndexOf(":predict", StringComparison.Ordinal)]}}/operations/op-1"}""")
            : request.Path.EndsWith(":fetchPredictOperation", StringComparison.Ordinal) ? UpstreamAnswer.Json("""{"name":"n","done":true,"error":{"code":3,"message":"no"}}""") : null;
        var path = $"{ClientPlace}/publishers/google/models/{lane.Gemini}";
        for (var i = 0; i < 4; i++)
        {
            var begun = await gateway.Client.PostAsync($"{path}:predictLongRunning", """{"instances":[{"prompt":"a film"}]}""");
            begun.Status.ShouldBe(200, begun.Text);
            var name = begun.Json.GetProperty("name").GetString()!;
            var before = lane.Upstream.Calls.Count;

            var polled = await gateway.Client.PostAsync($"{path}:fetchPredictOperation", $$"""{"operationName":"{{name}}"}""");

            polled.Status.ShouldBe(200, polled.Text);
            lane.Upstream.Calls.Count.ShouldBe(before + 1);
            lane.Upstream.Calls[before].Path.ShouldStartWith($"/v1/{string.Join('/', name.Split('/')[..4])}/");
        }

        var foreign = await gateway.Client.PostAsync($"{path}:fetchPredictOperation", """{"operationName":"projects/other/locations/us-central1/publishers/google/models/m/operations/1"}""");
        foreign.Status.ShouldBe(404);
        foreign.Json.GetProperty("error").GetProperty("status").GetString().ShouldBe("NOT_FOUND");
        var malformed = await gateway.Client.PostAsync($"{path}:fetchPredictOperation", """{"operationName":"../../secrets"}""");
        malformed.Status.ShouldBe(400);
    }

    [Fact]
    public async Task GooglesErrorOfClaude_ReachesAnAnthropicClientInItsOwnForm()
    {
        var lane = gateway.NextLane();
        lane.Upstream.Script = _ => UpstreamAnswer.Json(GeminiWire.Error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for aiplatform."), 429);

        var reply = await gateway.Client.PostAsync("/v1/messages", AnthropicWire.Request(lane.Claude));

        reply.Status.ShouldBe(429);
        reply.Json.GetProperty("type").GetString().ShouldBe("error");
        reply.Json.GetProperty("error").GetProperty("type").GetString().ShouldBe("rate_limit_error");
        reply.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("Quota exceeded for aiplatform.");
    }

    [Theory]
    [InlineData("google", "rawPredict", "NOT_FOUND")]
    [InlineData("anthropic", "generateContent", "not_found_error")]
    public async Task UnknownMethod_IsRefusedInThePublishersForm(string publisher, string method, string word)
    {
        var reply = await gateway.Client.PostAsync($"{ClientPlace}/publishers/{publisher}/models/x:{method}", "{}");

        reply.Status.ShouldBe(404);
        reply.Text.ShouldContain(word);
    }

    [Fact]
    public async Task UnknownModelAndNoKey_AreGooglesErrors()
    {
        var unknown = await gateway.Client.PostAsync($"{ClientPlace}/publishers/google/models/nonesuch:generateContent", GeminiWire.Request());
        unknown.Status.ShouldBe(404);
        unknown.Json.GetProperty("error").GetProperty("status").GetString().ShouldBe("NOT_FOUND");

        using var anonymous = gateway.Client.Anonymous();
        var nobody = await anonymous.PostAsync($"{ClientPlace}/publishers/google/models/nonesuch:generateContent", GeminiWire.Request());
        nobody.Status.ShouldBe(401);
        nobody.Json.GetProperty("error").GetProperty("status").GetString().ShouldBe("UNAUTHENTICATED");
    }
}
