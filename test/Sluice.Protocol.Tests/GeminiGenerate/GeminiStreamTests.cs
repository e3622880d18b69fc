using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;
using static Sluice.Protocol.Tests.GeminiGenerate.GeminiWire;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>Streams of Google's for clients of other dialects, and theirs for Google's clients.</summary>
public class GeminiStreamTests
{
    private const string Thinking = """
        data: {"candidates":[{"content":{"parts":[{"text":"let me","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":20},"modelVersion":"gemini-3-x","responseId":"r1"}

        data: {"candidates":[{"content":{"parts":[{"text":" see","thought":true},{"text":"Hi "}],"role":"model"},"index":0}],"modelVersion":"gemini-3-x","responseId":"r1"}

        data: {"candidates":[{"content":{"parts":[{"text":"you"}],"role":"model"},"index":0}]}

        data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"n":12345678901234567890}},"thoughtSignature":"CiQB+/=="},{"functionCall":{"name":"f","args":{}}}],"role":"model"},"index":0}]}

        data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":9,"thoughtsTokenCount":5,"totalTokenCount":34}}


        """;

    /// <summary>What a search found comes after the text that rests on it, and is told inside it, once.</summary>
    [Fact]
    public void Writing_GroundingForAnthropic_IsCitedByTheTextBeforeItEnds()
    {
        const string grounded = """
            data: {"candidates":[{"content":{"parts":[{"text":"Spain won."}],"role":"model"},"index":0}]}

            data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a/","title":"A"}}],"groundingSupports":[{"segment":{"endIndex":10},"groundingChunkIndices":[0]}]}}]}

            data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0,"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["who"],"groundingChunks":[{"web":{"uri":"https://a/","title":"A"}},{"web":{"uri":"https://b/","title":"B"}}],"groundingSupports":[{"segment":{"endIndex":10},"groundingChunkIndices":[0]},{"segment":{"endIndex":10},"groundingChunkIndices":[1]}]}}]}


            """;
        var events = Read([Encoding.UTF8.GetBytes(grounded)], ResponseFraming.Sse, out _);

        var written = Wire.Data(Wire.Write(Wire.Anthropic, events, Wire.To(Wire.Anthropic, Gemini)));

        written.Select(data => data["type"]!.GetValue<string>()).Skip(2).ShouldBe(
            ["content_block_delta", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
        written.Select(data => data["delta"]?["citation"]?["url"]?.GetValue<string>()).OfType<string>().ShouldBe(["https://a/", "https://b/"]);
    }

    [Fact]
    public void Writing_ExplanationOfARefusalForAnthropic_StandsInItsStopDetails()
    {
        const string held = """
            data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0,"finishReason":"SAFETY","finishMessage":"against the rules"}]}


            """;
        var events = Read([Encoding.UTF8.GetBytes(held)], ResponseFraming.Sse, out _);

        var streamed = Wire.Data(Wire.Write(Wire.Anthropic, events, Wire.To(Wire.Anthropic, Gemini)))[^2]["delta"]!;
        var whole = Wire.Write(Wire.Anthropic, Wire.Assemble(events), Wire.To(Wire.Anthropic, Gemini));

        streamed["stop_details"]!["explanation"]!.GetValue<string>().ShouldBe("against the rules");
        whole["stop_details"]!.ToJsonString().ShouldBe(streamed["stop_details"]!.ToJsonString());
    }

    [Theory]
    [InlineData("gemini.sse", ResponseFraming.Sse)]
    [InlineData("gemini-array.json", ResponseFraming.JsonArray)]
    [InlineData("gemini-error.sse", ResponseFraming.Sse)]
    [InlineData("gemini-array-error.json", ResponseFraming.JsonArray)]
    [InlineData("gemini-blocked.sse", ResponseFraming.Sse)]
    public void Reading_AnySplit_GivesTheSameEvents(string file, ResponseFraming framing)
    {
        var stream = GeminiRoundTripTests.Golden(file);
        var whole = Told(Read([stream], framing, out _));

        for (var seed = 0; seed < 300; seed++)
        {
            Told(Read(Pieces.Random(stream, new Random(seed), seed % 30 + 1), framing, out _)).ShouldBe(whole);
        }
    }

    [Fact]
    public void Reading_GoldenStream_NeedsNoRepairAndHoldsTheUsage()
    {
        var answer = Wire.Assemble(Read([GeminiRoundTripTests.Golden("gemini.sse")], ResponseFraming.Sse, out var repairs));

        repairs.ShouldBeEmpty();
        answer.Usage.ShouldBe(new TokenUsage(50, 100, 0, 0, 29, 20));
        answer.Choices[0].Finish.Reason.ShouldBe(FinishReason.ToolCalls);
        answer.Choices[0].Content.Select(block => block.GetType()).ShouldBe([typeof(TextBlock), typeof(ToolCallBlock), typeof(TextBlock)]);
    }

    [Theory]
    [InlineData("gemini-error.sse", ResponseFraming.Sse)]
    [InlineData("gemini-array-error.json", ResponseFraming.JsonArray)]
    public void Reading_ErrorInTheStream_IsAFailureWithoutTheVendorsWords(string file, ResponseFraming framing)
    {
        var failure = Read([GeminiRoundTripTests.Golden(file)], framing, out _)[^1].ShouldBeOfType<StreamFailure>();

        failure.Error.Kind.ShouldBe(ErrorKind.Unavailable);
        failure.Error.Message.ShouldNotContain("The model is overloaded");
    }

    [Theory]
    [InlineData("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n\n", ResponseFraming.Sse, TranslationErrors.IncompleteUpstreamAnswer)]
    [InlineData("data: {\"candidates\":\n\n", ResponseFraming.Sse, TranslationErrors.InvalidUpstreamAnswer)]
    [InlineData("[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}", ResponseFraming.JsonArray, TranslationErrors.IncompleteUpstreamAnswer)]
    [InlineData("[3]", ResponseFraming.JsonArray, TranslationErrors.InvalidUpstreamAnswer)]
    [InlineData("{\"error\":{\"code\":503}}", ResponseFraming.JsonArray, TranslationErrors.UpstreamFailedInStream)]
    public void Reading_BrokenStream_EndsWithAFailure(string stream, ResponseFraming framing, string code) =>
        Read([Encoding.UTF8.GetBytes(stream)], framing, out _)[^1].ShouldBeOfType<StreamFailure>().Error.Code.ShouldBe(code);

    [Fact]
    public void Reading_ArgumentsInPieces_ArePutTogether()
    {
        const string Stream = """
            data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","id":"c1","willContinue":true},"thoughtSignature":"CiQB"}]}}]}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.city","stringValue":"Ro","willContinue":true}],"willContinue":true}}]}}]}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.city","stringValue":"me \"é\""},{"jsonPath":"$.deep['a b'][0].n","numberValue":12345678901234567890},{"jsonPath":"$.deep['a b'][1]","boolValue":true},{"jsonPath":"$.none","nullValue":"NULL_VALUE"}],"willContinue":true}}]}}]}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"g","args":{"x":1}}}]},"finishReason":"STOP"}]}


            """;

        var calls = Wire.Assemble(Read([Encoding.UTF8.GetBytes(Stream)], ResponseFraming.Sse, out var repairs)).Choices[0].Content.Cast<ToolCallBlock>().ToList();

        repairs.ShouldBeEmpty();
        calls.Select(call => call.Name).ShouldBe(["f", "g"]);
        calls[0].CallId.ShouldBe("c1");
        calls[0].Signature!.Data.ShouldBe("CiQB");
        calls[0].Extensions.ShouldBeEmpty();
        calls[0].Arguments.ToString().ShouldBe("""{"city":"Rome \"é\"","deep":{"a b":[{"n":12345678901234567890},true]},"none":null}""");
        calls[1].Arguments.ToString().ShouldBe("""{"x":1}""");
    }

    [Theory]
    [InlineData("city")]
    [InlineData("$")]
    [InlineData("$.")]
    [InlineData("$[5]")]
    [InlineData("$.a[1]")]
    [InlineData("$.a[x]")]
    [InlineData("$['a")]
    public void Reading_PieceWithoutAPlace_EndsWithAFailure(string path)
    {
        var stream = $$$"""data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","partialArgs":[{"jsonPath":"{{{path}}}","stringValue":"x"}]}}]},"finishReason":"STOP"}]}""" + "\n\n";

        Read([Encoding.UTF8.GetBytes(stream)], ResponseFraming.Sse, out _)[^1].ShouldBeOfType<StreamFailure>().Error.Code.ShouldBe(TranslationErrors.InvalidUpstreamAnswer);
    }

    [Fact]
    public void ToChat_ThoughtsAndCalls_AreTold()
    {
        var data = Wire.Data(Wire.Write(Wire.Chat, Wire.Read(Gemini, Thinking), Wire.To(Wire.Chat)));
        var deltas = data.Where(chunk => chunk["choices"]!.AsArray().Count > 0).Select(chunk => chunk["choices"]![0]!["delta"]!).ToList();

        string.Concat(deltas.Select(delta => delta["reasoning_content"]?.GetValue<string>())).ShouldBe("let me see");
        string.Concat(deltas.Select(delta => delta["content"]?.GetValue<string>())).ShouldBe("Hi you");
        var calls = deltas.Select(delta => delta["tool_calls"]?[0]).OfType<JsonNode>().ToList();
        calls.Where(call => call["id"] is not null).Select(call => call["id"]!.GetValue<string>()).Distinct().Count().ShouldBe(2);
        string.Concat(calls.Where(call => call["index"]!.GetValue<int>() == 0).Select(call => call["function"]?["arguments"]?.GetValue<string>())).ShouldBe("""{"n":12345678901234567890}""");
        calls[0]["extra_content"]!["google"]!["thought_signature"]!.GetValue<string>().ShouldBe("CiQB+/==");
        data.Select(chunk => chunk["choices"]!.AsArray().FirstOrDefault()?["finish_reason"]?.GetValue<string>()).OfType<string>().ShouldBe(["tool_calls"]);
        data[^1]["usage"]!["completion_tokens"]!.GetValue<int>().ShouldBe(14);
    }

    [Fact]
    public void ThroughChat_SignatureOfACall_ComesBackInItsPart()
    {
        var store = new KeptSignatures();
        var answer = Wire.Assemble(Wire.Read(Gemini, Thinking));
        SignatureKeeper.Keep(answer, store);
        var shown = Wire.Write(Wire.Chat, answer, Wire.To(Wire.Chat))["choices"]![0]!["message"]!;
        foreach (var call in shown["tool_calls"]!.AsArray())
        {
            call!.AsObject().Remove("extra_content");
        }

        var conversation = new JsonObject { ["model"] = "m", ["messages"] = new JsonArray(JsonNode.Parse("""{"role":"user","content":"x"}"""), shown.DeepClone()) };
        var restored = SignatureKeeper.Restore(Wire.Request(Wire.Chat, conversation.ToJsonString()), store);

        var parts = Wire.Write(Gemini, restored, Wire.To(Gemini, Wire.Chat))["contents"]![1]!["parts"]!.AsArray();
        var calls = parts.Where(part => part!["functionCall"] is not null).ToList();
        calls[0]!["thoughtSignature"]!.GetValue<string>().ShouldBe("CiQB+/==");
        calls[0]!["functionCall"]!["id"].ShouldBeNull();
        calls[1]!["thoughtSignature"].ShouldBeNull();
    }

    [Theory]
    [InlineData(ResponseFraming.Sse)]
    [InlineData(ResponseFraming.JsonArray)]
    public void FromAnthropic_SignedThoughts_ComeBackThroughGooglesClient(ResponseFraming framing)
    {
        const string message = """
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":4},
             "content":[{"type":"thinking","thinking":"hm","signature":"EqQB+/="},{"type":"redacted_thinking","data":"EmwK"},{"type":"text","text":"go","citations":null},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":[1,2.50]}}]}
            """;
        var stream = Wire.Write(Gemini, ResponseEvents.Of(Wire.Response(Wire.Anthropic, message)), Wire.To(Gemini) with { Framing = framing });
        var chunks = framing == ResponseFraming.Sse ? Wire.Data(stream) : [.. JsonNode.Parse(stream)!.AsArray().OfType<JsonNode>()];

        var parts = new JsonArray([.. chunks.SelectMany(chunk => chunk["candidates"]![0]!["content"]!["parts"]!.AsArray()).Where(part => part!.AsObject().Count > 1 || part["text"]?.GetValue<string>() != "").Select(part => part!.DeepClone())]);
        foreach (var part in parts.Where(part => part!["thoughtSignature"] is not null))
        {
            Convert.FromBase64String(part!["thoughtSignature"]!.GetValue<string>()).ShouldNotBeEmpty();
        }

        chunks[^1]["candidates"]![0]!["finishReason"]!.GetValue<string>().ShouldBe("STOP");
        chunks[^1]["usageMetadata"]!["totalTokenCount"]!.GetValue<int>().ShouldBe(7);
        var whole = Wire.Write(Gemini, Wire.Response(Wire.Anthropic, message), Wire.To(Gemini))["candidates"]![0]!["content"]!["parts"]!;
        var back = new JsonObject { ["contents"] = new JsonArray(JsonNode.Parse("""{"role":"user","parts":[{"text":"x"}]}"""), new JsonObject { ["role"] = "model", ["parts"] = whole.DeepClone() }) };
        var content = Wire.Translate(Gemini, Wire.Anthropic, back.ToJsonString(), out var report)["messages"]![1]!["content"]!;

        content.ToJsonString().ShouldBe(
            """[{"type":"thinking","thinking":"hm","signature":"EqQB\u002B/="},{"type":"redacted_thinking","data":"EmwK"},{"type":"text","text":"go"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":[1,2.50]}}]""");
        report.Dropped.ShouldBeEmpty();
        parts.Single(part => part!["functionCall"] is not null)!["functionCall"]!.ToJsonString().ShouldBe("""{"id":"toolu_1","name":"f","args":{"a":[1,2.50]}}""");
    }

    [Fact]
    public void Writing_FailureAfterTheStart_IsGooglesErrorAsTheLastElement()
    {
        StreamEvent[] events =
        [
            new MessageStart { Id = "r", Model = "m" },
            new BlockStart(0, 0, new TextBlock("")),
            new TextDelta(0, 0, "Hel"),
            new StreamFailure(new GatewayError(ErrorKind.Unavailable, TranslationErrors.UpstreamFailedInStream, "gone")),
        ];

        var array = JsonNode.Parse(Wire.Write(Gemini, events, ToGemini() with { Framing = ResponseFraming.JsonArray }))!.AsArray();

        array.Count.ShouldBe(2);
        array[1]!["error"]!["status"]!.GetValue<string>().ShouldBe("UNAVAILABLE");
    }

    private static List<string> Told(List<StreamEvent> events)
    {
        // Texts may come in other pieces; what they add up to may not change.
        var told = new List<string>();
        foreach (var streamEvent in events)
        {
            told.Add(streamEvent switch
            {
                TextDelta text => $"text {text.Text}",
                ArgumentsDelta arguments => $"arguments {arguments.Fragment}",
                BlockStart start => $"start {start.Content.GetType().Name}",
                UsageUpdate usage => $"usage {usage.Usage}",
                ChoiceFinish finish => $"finish {finish.Finish}",
                StreamFailure failure => $"failure {failure.Error}",
                _ => streamEvent.GetType().Name,
            });
        }

        return told;
    }

    private sealed class KeptSignatures : ISignatureStore
    {
        private readonly Dictionary<string, KeptSignature> _kept = [];

        public void Keep(string key, KeptSignature signature) => _kept[key] = signature;

        public KeptSignature? Find(string key) => _kept.GetValueOrDefault(key);
    }
}
