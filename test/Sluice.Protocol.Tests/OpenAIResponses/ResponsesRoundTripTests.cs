using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Golden;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.OpenAIResponses;

/// <summary>A document of the Responses API that goes into the canonical model and back means what it meant.</summary>
public class ResponsesRoundTripTests
{
    private const int Generated = 10_000;
    private const int GeneratedStreams = 1000;

    private static readonly DialectCodec Responses = DialectCodec.For(Dialect.OpenAIResponses);
    private static readonly ModelRules Rules = new() { CacheBreakpoints = int.MaxValue };

    [Fact]
    public void Requests_Generated_MeanTheSame()
    {
        for (var seed = 0; seed < Generated; seed++)
        {
            var document = new ResponsesDocuments(seed).Request();
            var context = Wire.To(Responses) with { Rules = Rules };

            var written = Wire.Write(Responses, Wire.Request(Responses, document.ToJsonString()), context);

            written.ShouldMeanResponses(document);
            context.Report.Dropped.ShouldBeEmpty(document.ToJsonString());
            context.Report.Refused.ShouldBeNull();
        }
    }

    [Fact]
    public void Responses_Generated_MeanTheSame()
    {
        for (var seed = 0; seed < Generated; seed++)
        {
            RoundTrip(new ResponsesDocuments(seed).Response());
        }
    }

    [Theory]
    [InlineData("responses.json")]
    [InlineData("responses-agent.json")]
    public void Responses_Golden_MeanTheSame(string file) => RoundTrip(JsonNode.Parse(Golden(file))!);

    [Fact]
    public void Streams_GoldenAgent_TellTheWholeAnswer()
    {
        var whole = Wire.Response(Responses, Encoding.UTF8.GetString(Golden("responses-agent.json")));
        var stream = Golden("responses-agent.sse");
        var expected = Wire.Write(Responses, whole, Wire.To(Responses));
        var random = new Random(4);
        for (var i = 0; i < 50; i++)
        {
            var events = Wire.Read(Responses, Pieces.Random(stream, random, 300));

            Wire.Write(Responses, Wire.Assemble(events) with { ServiceTier = ServiceLevel.Standard }, Wire.To(Responses)).ShouldMeanResponses(expected);
            Wire.Write(Wire.Chat, Wire.Assemble(events), Wire.To(Wire.Chat))["choices"]!.ShouldMean(Wire.Write(Wire.Chat, whole, Wire.To(Wire.Chat))["choices"]!);
        }
    }

    [Fact]
    public void Streams_Generated_TellTheWholeAnswer()
    {
        for (var seed = 0; seed < GeneratedStreams; seed++)
        {
            var document = new ResponsesDocuments(seed).Response(isComplete: true);
            var response = Wire.Response(Responses, document.ToJsonString());
            var stream = Wire.Write(Responses, ResponseEvents.Of(response), Wire.To(Responses));

            var events = Wire.Read(Responses, Pieces.Random(Encoding.UTF8.GetBytes(stream), new Random(seed), 200));

            Wire.Write(Responses, Wire.Assemble(events), Wire.To(Responses)).ShouldMeanResponses(document);
            Wire.Data(stream)[^1]["response"]!.ShouldMeanResponses(document);
        }
    }

    [Theory]
    [InlineData("responses.sse")]
    [InlineData("responses-incomplete.sse")]
    public void Streams_Golden_EndWithTheWholeAnswer(string file)
    {
        var stream = Encoding.UTF8.GetString(Golden(file));
        var expected = Wire.Data(stream)[^1]["response"]!;

        var events = Wire.Read(Responses, stream);

        var written = Wire.Data(Wire.Write(Responses, events, Wire.To(Responses)));
        written[^1]["response"]!.ShouldMeanResponses(expected);
        written.Select(data => data["type"]!.GetValue<string>()).ShouldBe(Wire.Data(stream).Select(data => data["type"]!.GetValue<string>())
            .SelectMany(type => type == "response.output_item.done" ? ["response.content_part.done", type] : new[] { type }));
    }

    [Fact]
    public void Streams_CutAnywhere_GiveTheSameEvents()
    {
        var stream = Golden("responses.sse");
        var expected = Wire.Write(Responses, Wire.Read(Responses, [stream]), Wire.To(Responses));
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            Wire.Write(Responses, Wire.Read(Responses, [stream[..cut], stream[cut..]]), Wire.To(Responses)).ShouldBe(expected);
        }
    }

    private static byte[] Golden(string file) => GoldenAnswers.All.Single(answer => answer.File == file).Bytes;

    private static void RoundTrip(JsonNode document) =>
        Wire.Write(Responses, Wire.Response(Responses, document.ToJsonString()), Wire.To(Responses)).ShouldMeanResponses(document);
}
