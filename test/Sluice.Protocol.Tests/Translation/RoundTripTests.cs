using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Golden;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>A document that goes into the canonical model and back to its own dialect means what it meant.</summary>
public class RoundTripTests
{
    private const int Generated = 10_000;
    private const int GeneratedStreams = 1000;

    private static readonly ModelRules Rules = new() { CacheBreakpoints = int.MaxValue };

    [Fact]
    public void Requests_Chat_MeanTheSame() => ForEachSeed(Generated, documents => RoundTripRequest(Wire.Chat, documents.ChatRequest()));

    [Fact]
    public void Requests_Anthropic_MeanTheSame() => ForEachSeed(Generated, documents => RoundTripRequest(Wire.Anthropic, documents.AnthropicRequest()));

    [Fact]
    public void Responses_Chat_MeanTheSame() => ForEachSeed(Generated, documents => RoundTripResponse(Wire.Chat, documents.ChatResponse()));

    [Fact]
    public void Responses_Anthropic_MeanTheSame() => ForEachSeed(Generated, documents => RoundTripResponse(Wire.Anthropic, documents.AnthropicResponse()));

    [Theory]
    [InlineData("chat.json", Dialect.OpenAIChat)]
    [InlineData("messages.json", Dialect.AnthropicMessages)]
    public void Responses_Golden_MeanTheSame(string file, Dialect dialect) =>
        RoundTripResponse(DialectCodec.For(dialect), JsonNode.Parse(GoldenAnswers.All.Single(answer => answer.File == file).Bytes)!);

    [Fact]
    public void Streams_Chat_TellTheWholeAnswer() => ForEachSeed(GeneratedStreams, documents => RoundTripStream(Wire.Chat, documents.ChatResponse()));

    [Fact]
    public void Streams_Anthropic_TellTheWholeAnswer() => ForEachSeed(GeneratedStreams, documents => RoundTripStream(Wire.Anthropic, documents.AnthropicResponse()));

    private static void ForEachSeed(int count, Action<Documents> test)
    {
        for (var seed = 0; seed < count; seed++)
        {
            test(new Documents(seed));
        }
    }

    private static void RoundTripRequest(DialectCodec codec, JsonObject document)
    {
        var context = Wire.To(codec) with { Rules = Rules };

        var written = Wire.Write(codec, Wire.Request(codec, document.ToJsonString()), context);

        written.ShouldMean(document);
        context.Report.Dropped.ShouldBeEmpty(document.ToJsonString());
        context.Report.Refused.ShouldBeNull();
    }

    private static void RoundTripResponse(DialectCodec codec, JsonNode document) =>
        Wire.Write(codec, Wire.Response(codec, document.ToJsonString()), Wire.To(codec)).ShouldMean(document);

    /// <summary>Written as a stream, cut anywhere and read again, the answer is the one that was told.</summary>
    private static void RoundTripStream(DialectCodec codec, JsonObject document)
    {
        var response = Wire.Response(codec, document.ToJsonString());
        var stream = Encoding.UTF8.GetBytes(Wire.Write(codec, ResponseEvents.Of(response), Wire.To(codec)));

        var events = Wire.Read(codec, Pieces.Random(stream, new Random(stream.Length), 200));

        var written = Wire.Write(codec, Wire.Assemble(events), Wire.To(codec));
        written.ShouldMean(Wire.Write(codec, response, Wire.To(codec)));
    }
}
