using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.Canonical;

public class SignatureTests
{
    private static readonly Owner Anthropic = new(Dialect.AnthropicMessages);
    private static readonly Owner Gemini = new(Dialect.GeminiGenerate, "vertex");

    [Fact]
    public void ForSlotOf_OwnDialect_IsAsItCame() => new Signature(Anthropic, "a:b").ForSlotOf(Dialect.AnthropicMessages).ShouldBe("a:b");

    [Theory]
    [InlineData("sig")]
    [InlineData("a:b/c.d")]
    [InlineData("")]
    public void ForSlotOf_ForeignDialect_FindsItsWayBack(string data)
    {
        var signature = new Signature(Gemini, data);

        Signature.FromSlotOf(Dialect.AnthropicMessages, signature.ForSlotOf(Dialect.AnthropicMessages)).ShouldBe(signature);
    }

    [Theory]
    [InlineData("sluice.nobody:x")]
    [InlineData("sluice.")]
    [InlineData("EqQB:+/=")]
    public void FromSlotOf_NoMark_IsTheSlotsOwn(string slot) =>
        Signature.FromSlotOf(Dialect.AnthropicMessages, slot).ShouldBe(new Signature(Anthropic, slot));

    [Fact]
    public void Accepts_Platforms_MustAgreeWhereBothAreKnown()
    {
        Gemini.Accepts(new Owner(Dialect.GeminiGenerate)).ShouldBeTrue();
        Gemini.Accepts(Gemini).ShouldBeTrue();
        Gemini.Accepts(new Owner(Dialect.GeminiGenerate, "studio")).ShouldBeFalse();
        Gemini.Accepts(Anthropic).ShouldBeFalse();
    }

    [Fact]
    public void Keeper_ToolLoopThroughChat_GivesThoughtsBackBeforeTheirCall()
    {
        var store = new Store();
        var response = Wire.Response(Wire.Anthropic, """
            {"type":"message","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"R"},{"type":"text","text":"ok"},
              {"type":"tool_use","id":"toolu_1","name":"f","input":{}}],"stop_reason":"tool_use"}
            """);
        SignatureKeeper.Keep(response, store);
        var request = Wire.Request(Wire.Chat, """
            {"model":"m","reasoning_effort":"low","messages":[{"role":"user","content":"x"},
             {"role":"assistant","content":"ok","reasoning_content":"hm","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"toolu_1","content":"y"}]}
            """);

        var written = Wire.Write(Wire.Anthropic, SignatureKeeper.Restore(request, store), Wire.To(Wire.Anthropic, Wire.Chat));

        written["messages"]![1]!["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["thinking", "redacted_thinking", "text", "tool_use"]);
        written["messages"]![1]!["content"]![0]!["signature"]!.GetValue<string>().ShouldBe("sig");
        written["thinking"]!["type"]!.GetValue<string>().ShouldBe("enabled");
    }

    [Fact]
    public void Keeper_AnswerWithoutCalls_IsFoundByItsText()
    {
        var store = new Store();
        SignatureKeeper.Keep(Wire.Response(Wire.Anthropic, """{"type":"message","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"ok"}]}"""), store);

        var restored = SignatureKeeper.Restore(Wire.Request(Wire.Chat, """{"model":"m","messages":[{"role":"assistant","content":"ok"},{"role":"assistant","content":"other"}]}"""), store);

        restored.Messages[0].Content[0].ShouldBeOfType<ReasoningBlock>().Signature!.Data.ShouldBe("sig");
        restored.Messages[1].Content.Count.ShouldBe(1);
    }

    [Fact]
    public void Keeper_ClientWithASlotForThoughtsAlone_GetsTheCallsSignatureBack()
    {
        var store = new Store();
        var owner = new Owner(Dialect.GeminiGenerate, "gemini");
        var thought = new ReasoningBlock("hm") { Signature = new Signature(owner, "") };
        var call = new ToolCallBlock("c1", "f", RawJson.EmptyObject);
        SignatureKeeper.Keep(new ChatResponse { Choices = [new ChatChoice(0, [thought, call with { Signature = new Signature(owner, "sig") }], new Finish(FinishReason.ToolCalls))] }, store);

        var restored = SignatureKeeper.Restore(new ChatRequest { Messages = [new ChatMessage(Role.Assistant, [thought, call])] }, store);

        restored.Messages[0].Content.Count.ShouldBe(2);
        restored.Messages[0].Content[1].Signature!.Data.ShouldBe("sig");
    }

    [Fact]
    public void Write_UnsignedThoughtsOfAnother_AreMarkedAsHis()
    {
        var response = new ChatResponse { Choices = [new ChatChoice(0, [new ReasoningBlock("hm"), new TextBlock("x")], new Finish(FinishReason.Stop))] };
        var source = new Owner(Dialect.OpenAIChat, "deepseek");
        var responses = DialectCodec.For(Dialect.OpenAIResponses);

        var shown = Wire.Write(Wire.Anthropic, response, Wire.To(Wire.Anthropic) with { Source = source })["content"]![0]!;
        var item = Wire.Write(responses, response, Wire.To(responses) with { Source = source })["output"]![0]!;
        var streamed = Wire.Write(Wire.Anthropic, ResponseEvents.Of(response), Wire.To(Wire.Anthropic) with { Source = source });

        shown["signature"]!.GetValue<string>().ShouldBe("sluice.openai-chat/deepseek:");
        item["encrypted_content"]!.GetValue<string>().ShouldBe("sluice.openai-chat/deepseek:");
        streamed.Split("sluice.openai-chat/deepseek:").Length.ShouldBe(2);
    }

    [Fact]
    public void Keeper_NothingKept_LeavesTheRequestAlone()
    {
        var request = Wire.Request(Wire.Chat, """{"model":"m","messages":[{"role":"assistant","content":"ok"}]}""");

        SignatureKeeper.Restore(request, new Store()).ShouldBeSameAs(request);
    }

    [Fact]
    public void Write_SignatureOfAnother_IsStrippedAndAnnounced()
    {
        var slot = new Signature(Gemini, "g").ForSlotOf(Dialect.AnthropicMessages);

        var written = Wire.Translate(Wire.Anthropic, Wire.Anthropic,
            $$"""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"{{slot}}"},{"type":"text","text":"x"}]}]}""", out var report);

        written["messages"]![0]!["content"]!.AsArray().Count.ShouldBe(1);
        report.Header.ShouldBe("thinking");
    }

    [Fact]
    public void Write_ThoughtSignature_StandsWhereGooglesChatEndpointPutsIt()
    {
        var response = new ChatResponse
        {
            Choices = [new ChatChoice(0, [new ToolCallBlock("c", "f", default) { Signature = new Signature(new Owner(Dialect.GeminiGenerate), "g") }], new Finish(FinishReason.Stop))],
        };

        var call = Wire.Write(Wire.Chat, response, Wire.To(Wire.Chat))["choices"]![0]!["message"]!["tool_calls"]![0]!;
        var back = Wire.Request(Wire.Chat, $$"""{"model":"m","messages":[{"role":"assistant","tool_calls":[{{call.ToJsonString()}}]}]}""");

        call["extra_content"]!["google"]!["thought_signature"]!.GetValue<string>().ShouldBe("g");
        back.Messages[0].Content[0].Signature.ShouldBe(new Signature(new Owner(Dialect.GeminiGenerate), "g"));
    }

    /// <summary>Google's Chat endpoint signs calls; a client of another dialect gives the signature back to it, and to no other.</summary>
    [Theory]
    [InlineData("google", true)]
    [InlineData("another", false)]
    public void Write_CallThatAChatEndpointSigned_IsSignedForThatEndpointAlone(string platform, bool isTaken)
    {
        const string answer = """
            {"id":"x","model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
             "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"CiQB"}}}]}}]}
            """;
        Wire.Chat.Reader.TryReadResponse(System.Text.Encoding.UTF8.GetBytes(answer), new Owner(Dialect.OpenAIChat, "google"), out var response, out _).ShouldBeTrue();
        var request = new ChatRequest { Model = "m", Messages = [new ChatMessage(Role.Assistant, response!.Choices[0].Content)] };
        var context = new WriteContext(new Owner(Dialect.OpenAIChat, platform), Wire.Anthropic.Fields);

        var written = Wire.Write(Wire.Chat, request, context).ToJsonString();

        written.Contains("\"thought_signature\":\"CiQB\"", StringComparison.Ordinal).ShouldBe(isTaken);
        context.Report.Dropped.ShouldBe(isTaken ? [] : ["signature"]);
    }

    private sealed class Store : ISignatureStore
    {
        private readonly Dictionary<string, KeptSignature> _kept = [];

        public void Keep(string key, KeptSignature kept) => _kept[key] = kept;

        public KeptSignature? Find(string key) => _kept.GetValueOrDefault(key);
    }
}
