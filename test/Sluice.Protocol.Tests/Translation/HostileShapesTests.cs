using System.Globalization;
using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>Documents that the mutations of bench/fuzz found to cost more than they are worth, or to break what is written, each alone.</summary>
public class HostileShapesTests
{
    private static readonly DialectCodec Responses = DialectCodec.For(Dialect.OpenAIResponses);
    private static readonly DialectCodec Gemini = DialectCodec.For(Dialect.GeminiGenerate);

    [Fact]
    public void Stream_SummaryWithAHugeNumber_IsTheFirstSummary()
    {
        const string Stream = """
            data: {"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}

            data: {"type":"response.reasoning_summary_text.delta","item_id":"rs","output_index":0,"summary_index":2000000000,"delta":"hm"}

            data: {"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}


            """;

        var events = Wire.Read(Responses, Stream);

        events.OfType<SummaryDelta>().Single().Part.ShouldBe(0);
        Wire.Write(Responses, events, Wire.To(Responses)).Length.ShouldBeLessThan(10_000);
    }

    [Fact]
    public void Stream_MoreChoicesThanAnybodyGives_IsAFailure()
    {
        var choices = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"index":{{(500 - i).ToString(CultureInfo.InvariantCulture)}},"delta":{"content":"x"},"finish_reason":"stop"}"""));

        var events = Wire.Read(Wire.Chat, $"data: {{\"choices\":[{choices}]}}\n\ndata: [DONE]\n\n");

        events[^1].ShouldBeOfType<StreamFailure>().Error.Code.ShouldBe(TranslationErrors.InvalidUpstreamAnswer);
        events.OfType<BlockStart>().Count().ShouldBeLessThanOrEqualTo(BlockSequencer.MostChoices);
    }

    [Fact]
    public void Stream_NamesThatEveryEventRepeats_AreCut()
    {
        var name = new string('m', 1_000_000);

        var events = Wire.Read(Gemini, $$$"""data: {"modelVersion":"{{{name}}}","responseId":"{{{name}}}","candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}""" + "\n\n");

        Wire.Write(Wire.Chat, events, Wire.To(Wire.Chat)).Length.ShouldBeLessThan(20_000);
    }

    [Fact]
    public void Stream_RawValueWithLineBreaks_StaysOneLineOfData()
    {
        var response = Wire.Response(Wire.Anthropic, "{\"id\":\"m\",\"model\":\"m\",\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":{\r\n\"input_tokens\":1,\r\n\"output_tokens\":2,\"new\":[\n1]}}");

        var stream = Wire.Write(Wire.Anthropic, ResponseEvents.Of(response), Wire.To(Wire.Anthropic));

        stream.Split('\n').Where(line => line.Length > 0).ShouldAllBe(line => line.StartsWith("event: ", StringComparison.Ordinal) || line.StartsWith("data: {", StringComparison.Ordinal));
        Wire.Data(stream).ShouldContain(data => data["usage"] != null && data["usage"]!["new"] != null);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"\ud800":1,"type":"text","text":"x"}]}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"\udc00":"\ud800"}}""")]
    public void TryReadRequest_HalvesOfSurrogatePairs_AreNoDefect(string json)
    {
        Wire.Chat.Reader.TryReadRequest(Encoding.UTF8.GetBytes(json), out var request, out var error);

        (request is not null || error is { Status: 400 }).ShouldBeTrue();
    }

    [Fact]
    public void TryReadRequest_BytesThatAreNoText_AreRepaired()
    {
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"a\":\"§\"}"}}]}],"later":{"x":"§"}}""");
        for (var at = body.AsSpan().IndexOf("§"u8); at >= 0; at = body.AsSpan().IndexOf("§"u8))
        {
            body[at] = 0xFF;
            body[at + 1] = 0xFE;
        }

        Wire.Chat.Reader.TryReadRequest(body, out var request, out _).ShouldBeTrue();

        var call = (ToolCallBlock)request!.Messages[0].Content[0];
        call.Arguments.ToString().ShouldBe("{\"a\":\"\uFFFD\uFFFD\"}");
        System.Text.Unicode.Utf8.IsValid(request.Extensions.Single().Value.Span).ShouldBeTrue();
    }

    [Fact]
    public void ToolCallIds_OneIdForAllCalls_CostsInProportion()
    {
        Allocation.Of(() =>
        {
            var sut = new ToolCallIds(ToolCallIds.LongestInChat);
            for (var i = 0; i < 5000; i++)
            {
                sut.OfCall("same");
            }
        }).ShouldBeLessThan(5000 * 2000);
    }

    [Fact]
    public void Stream_FreeTextForAClientWithoutCustomTools_IsAMemberOfAnObject()
    {
        StreamEvent[] events =
        [
            new MessageStart(), new BlockStart(0, 0, new ToolCallBlock("c", "sql", default) { Kind = ToolCallKind.Custom }),
            new ArgumentsDelta(0, 0, "select"), new ArgumentsDelta(0, 0, " \"1\""), new BlockStop(0, 0),
            new BlockStart(0, 1, new ToolCallBlock("d", "f", default)), new ArgumentsDelta(0, 1, " {"), new ArgumentsDelta(0, 1, "}"), new BlockStop(0, 1),
            new ChoiceFinish(0, new Finish(FinishReason.ToolCalls)), new MessageStop(),
        ];

        var stream = Wire.Write(Wire.Anthropic, events, Wire.To(Wire.Anthropic));

        var inputs = Wire.Data(stream).Where(data => data["type"]!.GetValue<string>() == "content_block_delta")
            .GroupBy(data => data["index"]!.GetValue<int>()).Select(block => string.Concat(block.Select(data => data["delta"]!["partial_json"]!.GetValue<string>())));
        inputs.ShouldBe(["{\"input\":\"select \\\"1\\\"\"}", " {}"]);
    }
}
