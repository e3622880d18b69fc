using System.Text.Json;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Clients of one dialect before vendors of another, through the whole service.</summary>
public sealed class TranslationTests(TranslationFixture gateway) : IClassFixture<TranslationFixture>
{
    private const string WeatherTool = """{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}""";

    public static TheoryData<string, string, bool> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string, bool>();
            string[] dialects = ["chat", "responses", "messages", "gemini"];
            foreach (var client in dialects)
            {
                foreach (var upstream in dialects.Where(other => other != client))
                {
                    pairs.Add(client, upstream, false);
                    pairs.Add(client, upstream, true);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Call_AnyPair_IsAnsweredInTheClientsDialectAndSettled(string client, string upstream, bool stream)
    {
        var (dialect, lane) = (TestedDialect.Of(client), gateway.NextLane());
        var model = $"{lane.Name}-{upstream}";

        var reply = await gateway.Client.PostAsync(dialect.Path(model, stream), dialect.Body(model, stream));

        reply.Status.ShouldBe(200, reply.Text);
        reply.EndedCleanly.ShouldBeTrue();
        TextOf(client, stream, reply).ShouldBe("Hello there");
        reply.Header("x-sluice-dropped").ShouldBeNull();
        reply.Header("content-type").ShouldBe(stream ? "text/event-stream" : "application/json");
        var sent = lane.Requests.Single();
        sent.Text.ShouldContain("say hello");
        (upstream == "gemini" ? sent.RawTarget : sent.Text).ShouldContain($"real-{upstream}");
        (upstream == "gemini" ? sent.RawTarget.Contains("streamGenerateContent?alt=sse") : sent.Json.TryGetProperty("stream", out var asked) && asked.GetBoolean()).ShouldBe(stream);
        sent.Header("anthropic-version").ShouldBe(upstream == "messages" ? "2023-06-01" : null);
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);
        record.Status.ShouldBe("settled");
        record.Tokens("input").ShouldBe(60);
        record.Tokens("cache_read").ShouldBe(40);
        record.Tokens("output").ShouldBe(20);
        record.CostNanoUsd.ShouldBe(upstream == "messages" ? 282_500 : 264_000);
    }

    [Fact]
    public async Task GeminiArrayStream_FromChatUpstream_IsOneJsonArray()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Name}-chat:streamGenerateContent", GeminiWire.Request());

        reply.Status.ShouldBe(200, reply.Text);
        string.Concat(reply.Json.EnumerateArray().Select(GeminiText)).ShouldBe("Hello there");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolLoop_ChatClientAtAnthropic_ReturnsSignedThoughtsToTheirOwnerAlone(bool stream)
    {
        var lane = gateway.NextLane();
        var call = $"toolu_{lane.Name}";
        lane.Once(stream ? UpstreamAnswer.Sse(ThinkingCallStream(call)) : UpstreamAnswer.Json(ThinkingCall(call)));
        var first = $$$"""{"model":"{{{lane.Name}}}-messages","stream":{{{(stream ? "true" : "false")}}},"reasoning_effort":"low","max_tokens":4000,"tools":[{{{WeatherTool}}}],"messages":[{"role":"user","content":"weather?"}]}""";

        var asked = await gateway.Client.PostAsync("/v1/chat/completions", first);
        asked.Status.ShouldBe(200, asked.Text);
        asked.Text.ShouldContain(call);
        var next = $$$"""
            {"model":"{{{lane.Name}}}-messages","max_tokens":4000,"tools":[{{{WeatherTool}}}],"messages":[{"role":"user","content":"weather?"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"{{{call}}}","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}}]},
            {"role":"tool","tool_call_id":"{{{call}}}","content":"sunny"}]}
            """;
        await gateway.Client.PostAsync("/v1/chat/completions", next);
        using var other = gateway.Sluice.Client(TranslationFixture.OtherKey);
        await other.PostAsync("/v1/chat/completions", next);

        var mine = lane.Requests[1].Json.GetProperty("messages")[1].GetProperty("content");
        mine[0].GetProperty("type").GetString().ShouldBe("thinking");
        mine[0].GetProperty("thinking").GetString().ShouldBe("Rome, so Italy.");
        mine[0].GetProperty("signature").GetString().ShouldBe("c2lnbmVk");
        mine[1].GetProperty("input").GetProperty("city").GetString().ShouldBe("Rome");
        lane.Requests[2].Text.ShouldContain("sunny");
        lane.Requests[2].Text.ShouldNotContain("c2lnbmVk");
    }

    [Fact]
    public async Task Call_FieldsWithoutAPlace_AreNamedInHeaderAndTrace()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync(
            "/v1/chat/completions", $$"""{"model":"{{lane.Name}}-messages","seed":7,"logit_bias":{"5":1},"messages":[{"role":"user","content":"hi"}]}""");
        var id = reply.Header("x-request-id")!;
        await gateway.Admin.UsageAsync(id);
        var trace = await gateway.Admin.GetAsync($"/api/admin/requests/{id}");

        var dropped = reply.Header("x-sluice-dropped").ShouldNotBeNull().Split(", ");
        dropped.ShouldBe(["seed", "logit_bias"], ignoreOrder: true);
        trace.Json.GetProperty("dropped").EnumerateArray().Select(name => name.GetString()!).ShouldBe(dropped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_PartWithoutAPlace_IsNamedInTraceAndInTheHeaderOfADocument(bool stream)
    {
        var lane = gateway.NextLane();
        lane.Always(stream ? UpstreamAnswer.Sse(SearchStream()) : UpstreamAnswer.Json(Search()));

        var reply = await gateway.Client.PostAsync(
            "/v1/chat/completions", $$"""{"model":"{{lane.Name}}-messages","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"hi"}]}""");
        var id = reply.Header("x-request-id")!;
        await gateway.Admin.UsageAsync(id);
        var trace = await gateway.Admin.GetAsync($"/api/admin/requests/{id}");

        TextOf("chat", stream, reply).ShouldBe("Found it");
        // The head of a stream tells only what was known when it went out, which is a matter of time.
        (reply.Header("x-sluice-dropped") ?? (stream ? "web_search_call" : "")).ShouldBe("web_search_call");
        trace.Json.GetProperty("dropped").EnumerateArray().Select(name => name.GetString()!).ShouldBe(["web_search_call"]);
    }

    [Theory]
    [InlineData("messages", 529)]
    [InlineData("chat", 503)]
    public async Task VendorError_Overloaded_HasTheStatusOfTheClientsDialect(string client, int expected)
    {
        var (dialect, lane) = (TestedDialect.Of(client), gateway.NextLane());
        var upstream = client == "messages" ? "chat" : "messages";
        lane.Always(UpstreamAnswer.Json(upstream == "chat" ? OpenAIChatWire.Error("busy", "server_error") : AnthropicWire.Error("overloaded_error", "busy"), 529));
        var model = $"{lane.Name}-{upstream}";

        var reply = await gateway.Client.PostAsync(dialect.Path(model), dialect.Body(model));

        reply.Status.ShouldBe(expected, reply.Text);
        dialect.ErrorMessage(reply).ShouldBe("busy");
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 503)]
    public async Task Stream_FailsInItsFirstPiece_DeliversWhatWasSaidOrElseARealStatus(bool says, int status)
    {
        var lane = gateway.NextLane();
        var said = says ? $"{AnthropicWire.BlockStart()}{AnthropicWire.TextDelta("Hello")}" : "";
        lane.Always(UpstreamAnswer.Sse($"{AnthropicWire.MessageStart()}{said}{AnthropicWire.ErrorEvent("overloaded_error", "busy")}"));

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request($"{lane.Name}-messages", stream: true));

        reply.Status.ShouldBe(status, reply.Text);
        reply.Text.Contains("Hello").ShouldBe(says);
        reply.Text.ShouldContain("upstream_failed_in_stream");
        reply.Text.ShouldNotContain("[DONE]");
    }

    [Fact]
    public async Task Call_MemberNameThatIsNoHeaderText_IsNamedInPrintableAscii()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync(
            "/v1/chat/completions", $$"""{"model":"{{lane.Name}}-messages","a\r\nx-evil: é":1,"messages":[{"role":"user","content":"hi"}]}""");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-evil").ShouldBeNull();
        reply.Header("x-sluice-dropped").ShouldBe("a??x-evil: ?");
    }

    [Theory]
    [InlineData("chat", 400, "invalid_request_error", 400)]
    [InlineData("messages", 400, "invalid_request_error", 400)]
    [InlineData("gemini", 400, "invalid_request_error", 400)]
    [InlineData("responses", 429, "rate_limit_error", 429)]
    public async Task VendorError_ReachesTheClientInItsDialectWithTheVendorsWords(string client, int status, string type, int expected)
    {
        var (dialect, lane) = (TestedDialect.Of(client), gateway.NextLane());
        var upstream = client == "messages" ? "chat" : "messages";
        var message = $"too odd for {SluiceConfigBuilder.UpstreamKey($"{lane.Name}-{upstream}")}";
        lane.Always(UpstreamAnswer.Json(upstream == "chat" ? OpenAIChatWire.Error(message, type) : AnthropicWire.Error(type, message), status));
        var model = $"{lane.Name}-{upstream}";

        var reply = await gateway.Client.PostAsync(dialect.Path(model), dialect.Body(model));

        reply.Status.ShouldBe(expected);
        dialect.ErrorMessage(reply).ShouldStartWith("too odd for ");
        reply.Text.ShouldNotContain("sk-upstream-canary");
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    public async Task Stream_UpstreamBreaksOff_DeliversWhatCameThenAnError(string client)
    {
        var (dialect, lane) = (TestedDialect.Of(client), gateway.NextLane());
        var upstream = TestedDialect.Of(client == "messages" ? "chat" : "messages");
        var answer = UpstreamAnswer.Sse(upstream.StreamStart).Abort();
        lane.Always(answer);
        var model = $"{lane.Name}-{upstream.Name}";

        var reply = await gateway.Client.PostAsync(dialect.Path(model, true), dialect.Body(model, true));

        reply.Text.ShouldContain("Hello");
        reply.Text.ShouldContain("upstream_stream_broken");
        reply.Text.ShouldNotContain("[DONE]");
        reply.Text.ShouldNotContain("message_stop");
        lane.Requests.Count.ShouldBe(1);
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Status.ShouldBe("estimated");
    }

    [Fact]
    public async Task Stream_SilentUpstream_IsKeptAliveInTheClientsDialect()
    {
        var lane = gateway.NextLane();
        var go = new TaskCompletionSource();
        var stream = OpenAIChatWire.Stream(includeUsage: true);
        lane.Always(UpstreamAnswer.Sse(stream.Take(2)).Hold(go.Task).Send(string.Concat(stream.Skip(2))));

        await using var open = await gateway.Client.OpenAsync("/v1/messages", AnthropicWire.Request($"{lane.Name}-chat", stream: true));
        await open.ReadUntilAsync("event: ping");
        go.SetResult();
        var reply = await open.ReadToEndAsync();

        reply.Text.ShouldContain("message_stop");
        TextOf("messages", true, reply).ShouldBe("Hello there");
    }

    [Fact]
    public async Task Document_UpstreamIgnoresTheWishForAStream_IsToldAsEvents()
    {
        var lane = gateway.NextLane();
        lane.Always(UpstreamAnswer.Json(OpenAIChatWire.Completion()));

        var reply = await gateway.Client.PostAsync("/v1/messages", AnthropicWire.Request($"{lane.Name}-chat", stream: true));

        reply.Header("content-type").ShouldBe("text/event-stream");
        TextOf("messages", true, reply).ShouldBe("Hello there");
        reply.Events[^1].Type.ShouldBe("message_stop");
    }

    [Fact]
    public async Task Document_UpstreamAnswersNonsense_Is502InTheClientsDialect()
    {
        var lane = gateway.NextLane();
        lane.Always(UpstreamAnswer.Json("[1,2,3]"));

        var reply = await gateway.Client.PostAsync("/v1/messages", AnthropicWire.Request($"{lane.Name}-chat"));

        reply.Status.ShouldBe(502, reply.Text);
        reply.Text.ShouldContain("invalid_upstream_answer");
    }

    [Fact]
    public async Task Request_StoredConversation_IsRefusedAndNothingSent()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync(
            "/v1/responses", $$"""{"model":"{{lane.Name}}-messages","input":"hi","previous_response_id":"resp_1"}""");

        reply.Status.ShouldBe(400, reply.Text);
        reply.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("unsupported_translation");
        reply.Json.GetProperty("error").GetProperty("param").GetString().ShouldBe("previous_response_id");
        lane.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Budget_UnboundedRequest_BoundsTheTranslatedOne()
    {
        var lane = gateway.NextLane();
        using var poor = gateway.Sluice.Client(TranslationFixture.PoorKey);

        var reply = await poor.PostAsync("/v1/chat/completions", OpenAIChatWire.Request($"{lane.Name}-messages"));

        reply.Status.ShouldBe(200, reply.Text);
        lane.Requests.Single().Json.GetProperty("max_tokens").GetInt64().ShouldBeInRange(16, 100);
    }

    [Fact]
    public async Task Pair_RelayAmongEquals_GoesFirstAndTranslationTakesOver()
    {
        var lane = gateway.NextLane();
        lane.Once(UpstreamAnswer.Json(OpenAIChatWire.Error("down", "server_error"), 500));

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request($"{lane.Name}-pair"));

        reply.Status.ShouldBe(200, reply.Text);
        lane.Requests.Select(request => request.Path).ShouldBe(["/v1/chat/completions", "/v1/messages"]);
        TextOf("chat", false, reply).ShouldBe("Hello there");
    }

    [Fact]
    public async Task Embeddings_AtAVendorOfAnotherDialect_AreRefused()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/embeddings", $$"""{"model":"{{lane.Name}}-messages","input":"hi"}""");

        reply.Status.ShouldBe(400);
        reply.Text.ShouldContain("dialect_not_served");
    }

    /// <summary>The text that the client's SDK would show.</summary>
    private static string TextOf(string client, bool stream, GatewayReply reply)
    {
        if (!stream)
        {
            return client switch
            {
                "chat" => reply.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!,
                "responses" => reply.Json.GetProperty("output").EnumerateArray().First(item => item.GetProperty("type").GetString() == "message").GetProperty("content")[0].GetProperty("text").GetString()!,
                "messages" => reply.Json.GetProperty("content")[0].GetProperty("text").GetString()!,
                _ => GeminiText(reply.Json),
            };
        }

        var events = reply.Events.Where(found => found.Data.StartsWith('{')).Select(found => JsonDocument.Parse(found.Data).RootElement);
        return string.Concat(events.Select(found => client switch
        {
            "chat" => found.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : "").FirstOrDefault(""),
            "responses" => found.GetProperty("type").GetString() == "response.output_text.delta" ? found.GetProperty("delta").GetString() : "",
            "messages" => found.GetProperty("type").GetString() == "content_block_delta" ? found.GetProperty("delta").GetProperty("text").GetString() : "",
            _ => GeminiText(found),
        }));
    }

    private static string GeminiText(JsonElement chunk)
        => string.Concat(chunk.GetProperty("candidates").EnumerateArray()
            .Where(candidate => candidate.TryGetProperty("content", out var content) && content.TryGetProperty("parts", out _))
            .SelectMany(candidate => candidate.GetProperty("content").GetProperty("parts").EnumerateArray())
            .Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : ""));

    private static string ThinkingCall(string call)
        => $$$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-real","content":[{"type":"thinking","thinking":"Rome, so Italy.","signature":"c2lnbmVk"},{"type":"tool_use","id":"{{{call}}}","name":"weather","input":{"city":"Rome"}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{{{AnthropicWire.Usage}}} }""";

    private static string Search()
        => $$$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-real","content":[{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"it"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]},{"type":"text","text":"Found it","citations":null}],"stop_reason":"end_turn","stop_sequence":null,"usage":{{{AnthropicWire.Usage}}} }""";

    private static IEnumerable<string> SearchStream() =>
    [
        AnthropicWire.MessageStart(),
        Event("content_block_start", ",'index':0,'content_block':{'type':'server_tool_use','id':'srvtoolu_1','name':'web_search','input':{}}"),
        Event("content_block_stop", ",'index':0"),
        Event("content_block_start", ",'index':1,'content_block':{'type':'web_search_tool_result','tool_use_id':'srvtoolu_1','content':[]}"),
        Event("content_block_stop", ",'index':1"),
        Event("content_block_start", ",'index':2,'content_block':{'type':'text','text':''}"),
        Event("content_block_delta", ",'index':2,'delta':{'type':'text_delta','text':'Found it'}"),
        Event("content_block_stop", ",'index':2"),
        Event("message_delta", ",'delta':{'stop_reason':'end_turn','stop_sequence':null},'usage':{'output_tokens':20}"),
        Event("message_stop", ""),
    ];

    private static IEnumerable<string> ThinkingCallStream(string call) =>
    [
        AnthropicWire.MessageStart(),
        Event("content_block_start", """,'index':0,'content_block':{'type':'thinking','thinking':'','signature':''}"""),
        Event("content_block_delta", """,'index':0,'delta':{'type':'thinking_delta','thinking':'Rome, so Italy.'}"""),
        Event("content_block_delta", """,'index':0,'delta':{'type':'signature_delta','signature':'c2lnbmVk'}"""),
        Event("content_block_stop", ",'index':0"),
        Event("content_block_start", $",'index':1,'content_block':{{'type':'tool_use','id':'{call}','name':'weather','input':{{}}}}"),
        Event("content_block_delta", """,'index':1,'delta':{'type':'input_json_delta','partial_json':'{\"city\":\"Rome\"}'}"""),
        Event("content_block_stop", ",'index':1"),
        Event("message_delta", ",'delta':{'stop_reason':'tool_use','stop_sequence':null},'usage':{'output_tokens':20}"),
        Event("message_stop", ""),
    ];

    private static string Event(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\"{members.Replace('\'', '"')}}}\n\n";
}
