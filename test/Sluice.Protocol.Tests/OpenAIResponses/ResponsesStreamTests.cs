using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.OpenAIResponses;

/// <summary>Streams between the Responses API and the other dialects.</summary>
public class ResponsesStreamTests
{
    private const int Generated = 500;

    private static readonly DialectCodec Responses = DialectCodec.For(Dialect.OpenAIResponses);

    [Fact]
    public void Write_AnswersOfChat_IsLegalAndEndsWithTheWholeAnswer()
    {
        for (var seed = 0; seed < Generated; seed++)
        {
            ShouldBeLegal(Wire.Response(Wire.Chat, new Documents(seed).ChatResponse().ToJsonString()));
        }
    }

    [Fact]
    public void Write_AnswersOfAnthropic_IsLegalAndEndsWithTheWholeAnswer()
    {
        for (var seed = 0; seed < Generated; seed++)
        {
            ShouldBeLegal(Wire.Response(Wire.Anthropic, new Documents(seed).AnthropicResponse().ToJsonString()));
        }
    }

    [Fact]
    public void Read_ToolCall_StreamsItsArgumentsToAnthropic()
    {
        const string Stream = """
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"gpt-x","created_at":5,"status":"in_progress","output":[]}}

            data: {"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}}

            data: {"type":"response.reasoning_summary_part.added","item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}

            data: {"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"I look."}

            data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I look."}],"encrypted_content":"gAAA"}}

            data: {"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"look","arguments":"","status":"in_progress"}}

            data: {"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":"{\"at\":"}

            data: {"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":"12345678901234567890}"}

            data: {"type":"response.function_call_arguments.done","item_id":"fc_1","output_index":1,"arguments":"{\"at\":12345678901234567890}"}

            data: {"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"look","arguments":"{\"at\":12345678901234567890}","status":"completed"}}

            data: {"type":"response.completed","response":{"id":"resp_1","model":"gpt-x","status":"completed","output":[],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":3,"total_tokens":13}}}


            """;

        var data = Wire.Data(Wire.Write(Wire.Anthropic, Wire.Read(Responses, Stream), Wire.To(Wire.Anthropic)));

        data.Select(item => item["delta"]?["partial_json"]?.GetValue<string>()).OfType<string>().ShouldBe(["{\"at\":", "12345678901234567890}"]);
        data.Single(item => item["delta"]?["thinking"] is not null)["delta"]!["thinking"]!.GetValue<string>().ShouldBe("I look.");
        data.Single(item => item["delta"]?["signature"] is not null)["delta"]!["signature"]!.GetValue<string>().ShouldBe("sluice.openai-responses:gAAA");
        data[^2]["delta"]!["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
        data[^2]["usage"]!["input_tokens"]!.GetValue<int>().ShouldBe(6);
        data[^2]["usage"]!["cache_read_input_tokens"]!.GetValue<int>().ShouldBe(4);
    }

    [Fact]
    public void Read_OnlyTheLastEvent_TellsTheWholeAnswer()
    {
        const string Stream = """
            data: {"type":"response.completed","response":{"id":"resp_1","model":"m","status":"completed","output":[{"type":"message","id":"m1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}]}}


            """;

        var events = Wire.Read(Responses, Stream);

        events.OfType<TextDelta>().Single().Text.ShouldBe("Hi");
        events[0].ShouldBeOfType<MessageStart>().Id.ShouldBe("resp_1");
        events[^1].ShouldBeOfType<MessageStop>();
    }

    [Theory]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"our account acct_1","param":null}""", ErrorKind.RateLimited)]
    [InlineData("""{"type":"error","error":{"code":"server_error","message":"x"}}""", ErrorKind.UpstreamFailed)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","output":[],"error":{"code":"rate_limit_exceeded","message":"x"}}}""", ErrorKind.RateLimited)]
    [InlineData("""{"type":"response.completed"}""", ErrorKind.UpstreamFailed)]
    [InlineData("""[1]""", ErrorKind.UpstreamFailed)]
    [InlineData("""{"type":"response.output_text.delta","delta":""", ErrorKind.UpstreamFailed)]
    [InlineData("""{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{"}""", ErrorKind.UpstreamFailed)]
    public void Read_BrokenOrFailed_EndsWithAFailure(string data, ErrorKind kind)
    {
        var failure = Wire.Read(Responses, $"data: {data}\n\n")[^1].ShouldBeOfType<StreamFailure>();

        failure.Error.Kind.ShouldBe(kind);
        failure.Error.Message.ShouldNotContain("acct_1");
        Wire.Data(Wire.Write(Responses, [failure], Wire.To(Responses))).Single()["type"]!.GetValue<string>().ShouldBe("error");
    }

    [Fact]
    public void Read_ProgressOfServerTools_IsASignOfLife()
    {
        const string Stream = """
            data: {"type":"response.web_search_call.searching","output_index":0,"item_id":"ws_1","sequence_number":3}


            """;

        Wire.Read(Responses, Stream)[0].ShouldBeOfType<Ping>();
    }

    [Fact]
    public void Write_GroundingAndProbabilities_StandWithTheirText()
    {
        var citation = new Citation(new Source("https://a", "A")) { Start = 1, End = 3 };
        StreamEvent[] events =
        [
            new MessageStart { Model = "gemini-x" },
            new BlockStart(0, 0, new TextBlock("")),
            new TextDelta(0, 0, "größer"),
            new BlockStop(0, 0),
            new LogprobsFound(0, [new TokenLogprob("größer", -0.5)]),
            new GroundingFound(0, new Grounding(new Owner(Dialect.GeminiGenerate), default) { Citations = [citation, new Citation(new Source("https://b", null))] }),
            new ChoiceFinish(0, new Finish(FinishReason.Stop)),
            new MessageStop(),
        ];

        var data = Wire.Data(Wire.Write(Responses, events, Wire.To(Responses)));

        var part = data[^1]["response"]!["output"]![0]!["content"]![0]!;
        part["annotations"]![0]!.ToJsonString().ShouldBe("""{"type":"url_citation","start_index":1,"end_index":3,"title":"A","url":"https://a"}""");
        part["annotations"]![1]!.ToJsonString().ShouldBe("""{"type":"url_citation","start_index":0,"end_index":6,"title":"https://b","url":"https://b"}""");
        part["logprobs"]![0]!["logprob"]!.GetValue<double>().ShouldBe(-0.5);
        Types(data).ShouldBe(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
            "response.output_text.annotation.added", "response.output_text.annotation.added", "response.output_text.done", "response.content_part.done",
            "response.output_item.done", "response.completed",
        ]);
    }

    private static IEnumerable<string> Types(IEnumerable<JsonNode> data) => data.Select(item => item["type"]!.GetValue<string>());

    /// <summary>What any client may rely on: numbers without gaps, items that begin, grow and end in turn, and an end that repeats them.</summary>
    private static void ShouldBeLegal(ChatResponse response)
    {
        var first = response with { Choices = [response.Choices[0]] };
        var data = Wire.Data(Wire.Write(Responses, ResponseEvents.Of(first), Wire.To(Responses)));

        data.Select(item => item["sequence_number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(0, data.Count));
        data[^1]["response"]!.ShouldMeanResponses(Wire.Write(Responses, first, Wire.To(Responses)));
        JsonNode? open = null;
        var text = "";
        var ended = new JsonArray();
        foreach (var item in data)
        {
            var type = item["type"]!.GetValue<string>();
            switch (type)
            {
                case "response.output_item.added":
                    open.ShouldBeNull();
                    open = item["item"]!;
                    item["output_index"]!.GetValue<int>().ShouldBe(ended.Count);
                    break;
                case "response.output_item.done":
                    item["item"]!["id"]!.ToString().ShouldBe(open.ShouldNotBeNull()["id"]!.ToString());
                    ended.Add(item["item"]!.DeepClone());
                    open = null;
                    break;
                case var _ when type.EndsWith(".delta", StringComparison.Ordinal):
                    text += item["delta"]!.GetValue<string>();
                    item["item_id"]!.ToString().ShouldBe(open.ShouldNotBeNull()["id"]!.ToString());
                    break;
                case var _ when item["item_id"] is not null && type.EndsWith(".done", StringComparison.Ordinal) && item["part"] is null:
                    (item["text"] ?? item["refusal"] ?? item["arguments"] ?? item["input"])!.GetValue<string>().ShouldBe(text);
                    text = "";
                    break;
                default:
                    break;
            }
        }

        JsonNode.DeepEquals(ended, data[^1]["response"]!["output"]).ShouldBeTrue();
    }
}
