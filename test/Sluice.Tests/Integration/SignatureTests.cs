using System.Text;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Signed parts of a conversation go back to their owner and to nobody else, whichever way the conversation takes.</summary>
public sealed class SignatureTests(SignatureFixture gateway) : IClassFixture<SignatureFixture>
{
    private const string Tool = """{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}""";
    private const string Refusal = "messages.1.content.0: Invalid `signature` in `thinking` block";

    [Fact]
    public async Task Responses_MarkedReasoningAtOpenAI_IsLeftOutAndTheRestRelayed()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/responses", $$"""
            {"model":"{{lane.Name}}-responses","store":false,"include":["reasoning.encrypted_content"],"input":[{"role":"user","content":"weather?"},
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Rome"}],"encrypted_content":"sluice.anthropic-messages/anthropic:c2ln"},
            {"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gAAAAowned"},
            {"type":"function_call","call_id":"c1","name":"weather","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"sunny"}]}
            """);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-sluice-dropped").ShouldBe("reasoning");
        var sent = lane.Requests.Single();
        sent.Text.ShouldNotContain("sluice.");
        sent.Json.GetProperty("model").GetString().ShouldBe("gpt-5.6-sol");
        sent.Json.GetProperty("store").GetBoolean().ShouldBeFalse();
        sent.Json.GetProperty("input").EnumerateArray().Select(item => item.GetProperty("type").GetString())
            .ShouldBe(["message", "reasoning", "function_call", "function_call_output"]);
        sent.Json.GetProperty("input")[1].GetProperty("encrypted_content").GetString().ShouldBe("gAAAAowned");
    }

    [Fact]
    public async Task Messages_MarkedThinkingAtAnthropic_IsLeftOutAndThinkingWithIt()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/messages", Conversation($"{lane.Name}-messages", "sluice.gemini-generate/gemini:"));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-sluice-dropped").ShouldNotBeNull().Split(", ").ShouldContain("thinking");
        var sent = lane.Requests.Single();
        sent.Text.ShouldNotContain("sluice.");
        TypesOf(sent, 1).ShouldBe(["tool_use"]);
        sent.Json.TryGetProperty("thinking", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Gemini_MarkedCallAtGoogle_CarriesGooglesOwnMark()
    {
        var lane = gateway.NextLane();
        var marked = Convert.ToBase64String(Encoding.UTF8.GetBytes("sluice.anthropic-messages/anthropic:"));

        var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Name}-gemini:generateContent", $$$$"""
            {"contents":[{"role":"user","parts":[{"text":"weather?"}]},{"role":"model","parts":[{"functionCall":{"name":"weather","args":{}},"thoughtSignature":"{{{{marked}}}}"}]},
            {"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"output":"sunny"}}}]}]}
            """);

        reply.Status.ShouldBe(200, reply.Text);
        var part = lane.Requests.Single().Json.GetProperty("contents")[1].GetProperty("parts")[0];
        part.GetProperty("thoughtSignature").GetString().ShouldBe("skip_thought_signature_validator");
    }

    [Fact]
    public async Task Chat_MarkedThoughtSignatureAtOpenAI_IsLeftOut()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", $$$$"""
            {"model":"{{{{lane.Name}}}}-responses/gpt-4.1","stream":true,"messages":[{"role":"user","content":"weather?"},
            {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"},"extra_content":{"google":{"thought_signature":"sluice.gemini-generate/gemini:CiQ="}}}]},
            {"role":"tool","tool_call_id":"c1","content":"sunny"}]}
            """);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-sluice-dropped").ShouldBe("extra_content");
        reply.Text.ShouldNotContain("\"usage\":{");
        var sent = lane.Requests.Single();
        sent.Text.ShouldNotContain("extra_content");
        sent.Text.ShouldContain("sunny");
    }

    [Fact]
    public async Task Gemini_CallOfClaude_IsMarkedForTheWayBack()
    {
        var lane = gateway.NextLane();
        lane.Once(UpstreamAnswer.Json(ThinkingCall("toolu_1", "c2ln")));

        var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Name}-messages:generateContent", """{"contents":[{"role":"user","parts":[{"text":"weather?"}]}]}""");

        var parts = reply.Json.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts");
        var marked = parts.EnumerateArray().Single(part => part.TryGetProperty("functionCall", out _)).GetProperty("thoughtSignature").GetString()!;
        Encoding.UTF8.GetString(Convert.FromBase64String(marked)).ShouldBe("sluice.anthropic-messages/anthropic:");
    }

    [Fact]
    public async Task Relay_TextThatSpeaksOfMarks_GoesByteForByte()
    {
        var lane = gateway.NextLane();
        var body = $$"""{"model":"{{lane.Name}}-messages/x", "max_tokens":64,"messages":[{"role":"user","content":"is \"sluice.openai-chat:\" a mark, or sluice.anthropic-messages?"}]}""";

        await gateway.Client.PostAsync("/v1/messages", body);

        lane.Requests.Single().Text.ShouldBe(body.Replace($"{lane.Name}-messages/x", "x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failover_AnotherCredentialOfTheOwner_GetsTheSignature()
    {
        var lane = gateway.NextLane();
        var next = await BeginAsync(lane, $"{lane.Name}-twins");
        lane.Once(UpstreamAnswer.Json(AnthropicWire.Error("overloaded_error", "busy"), 529));

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", next);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-sluice-dropped").ShouldBeNull();
        lane.Requests.Count.ShouldBe(3);
        lane.Requests[1].Header("x-api-key").ShouldNotBe(lane.Requests[2].Header("x-api-key"));
        lane.Requests[2].Text.ShouldBe(lane.Requests[1].Text);
        lane.Requests[2].Text.ShouldContain("c2lnbmVk");
    }

    [Fact]
    public async Task Failover_AnotherOwner_GetsNoSignatureAndTheClientIsTold()
    {
        var lane = gateway.NextLane();
        var next = await BeginAsync(lane, $"{lane.Name}-moved");
        lane.Once(UpstreamAnswer.Json(AnthropicWire.Error("overloaded_error", "busy"), 529));

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", next);

        reply.Status.ShouldBe(200, reply.Text);
        lane.Requests[1].Text.ShouldContain("c2lnbmVk");
        lane.Requests[2].Json.GetProperty("model").GetString().ShouldBe("claude-in-the-cloud");
        lane.Requests[2].Text.ShouldNotContain("c2lnbmVk");
        reply.Header("x-sluice-dropped").ShouldNotBeNull().Split(", ").ShouldContain("reasoning_content");
    }

    [Fact]
    public async Task Relay_SignatureOfAnotherWhoSpeaksTheDialect_IsLeftOutOnceRefusedAndRemembered()
    {
        var lane = gateway.NextLane();
        lane.Always(request => request.Text.Contains("of-another", StringComparison.Ordinal)
            ? UpstreamAnswer.Json(AnthropicWire.Error("invalid_request_error", Refusal), 400)
            : UpstreamAnswer.Json(AnthropicWire.Message()));
        var body = Conversation($"{lane.Name}-moved", "of-another");

        var first = await gateway.Client.PostAsync("/v1/messages", body);
        var second = await gateway.Client.PostAsync("/v1/messages", body);

        first.Status.ShouldBe(200, first.Text);
        first.Header("x-sluice-dropped").ShouldNotBeNull().Split(", ").ShouldContain("thinking");
        second.Status.ShouldBe(200, second.Text);
        second.Header("x-sluice-dropped").ShouldBe(first.Header("x-sluice-dropped"));
        lane.Requests.Count.ShouldBe(3);
        lane.Requests.Select(request => request.Text.Contains("of-another", StringComparison.Ordinal)).ShouldBe([true, false, false]);
        TypesOf(lane.Requests[1], 1).ShouldBe(["tool_use"]);
    }

    [Fact]
    public async Task Relay_SignatureThatTheOnlyVendorRefuses_IsTheClientsToSee()
    {
        var lane = gateway.NextLane();
        lane.Always(UpstreamAnswer.Json(AnthropicWire.Error("invalid_request_error", Refusal), 400));

        var reply = await gateway.Client.PostAsync("/v1/messages", Conversation($"{lane.Name}-messages", "altered"));

        reply.Status.ShouldBe(400);
        reply.Text.ShouldContain("Invalid `signature`");
        lane.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Loop_ModelOfAnotherVendorAskedNext_GetsNothingSignedAndTheClientIsTold()
    {
        var lane = gateway.NextLane();
        var next = await BeginAsync(lane, $"{lane.Name}-messages");

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", next.Replace("-messages", "-gemini", StringComparison.Ordinal));

        reply.Status.ShouldBe(200, reply.Text);
        lane.Requests[1].RawTarget.ShouldContain("gemini-3.1-pro-preview:generateContent");
        lane.Requests[1].Text.ShouldNotContain("c2lnbmVk");
        lane.Requests[1].Text.ShouldContain("skip_thought_signature_validator");
        reply.Header("x-sluice-dropped").ShouldNotBeNull().ShouldContain("reasoning_content");
    }

    /// <summary>Has a Chat client's first call answered by a thinking Claude that calls a tool; the answer is the next request.</summary>
    private async Task<string> BeginAsync(UpstreamLane lane, string model)
    {
        var call = $"toolu_{lane.Name}";
        lane.Once(UpstreamAnswer.Json(ThinkingCall(call, "c2lnbmVk")));
        var head = $$$"""{"model":"{{{model}}}","max_tokens":4000,"tools":[{{{Tool}}}],"messages":[{"role":"user","content":"weather?"}""";
        (await gateway.Client.PostAsync("/v1/chat/completions", head + "]}")).Status.ShouldBe(200);
        return head + $$$"""
            ,{"role":"assistant","content":null,"tool_calls":[{"id":"{{{call}}}","type":"function","function":{"name":"weather","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"{{{call}}}","content":"sunny"}]}
            """;
    }

    private static string Conversation(string model, string signature) => $$$"""
        {"model":"{{{model}}}","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":1024},"tools":[{"name":"weather","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"weather?"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"Rome.","signature":"{{{signature}}}"},{"type":"tool_use","id":"toolu_9","name":"weather","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_9","content":"sunny"}]}]}
        """;

    private static string ThinkingCall(string call, string signature) => $$$"""
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-real","content":[{"type":"thinking","thinking":"Rome.","signature":"{{{signature}}}"},
        {"type":"tool_use","id":"{{{call}}}","name":"weather","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{{{AnthropicWire.Usage}}} }
        """;

    private static IEnumerable<string?> TypesOf(RecordedRequest request, int message) =>
        request.Json.GetProperty("messages")[message].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString());
}
