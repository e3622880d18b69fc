using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.GeminiGenerate;
using Sluice.Protocol.Tests.OpenAIResponses;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.Golden;

/// <summary>
/// The vendors' own requests and streams, through the canonical model and back to their dialect. Whole answers are in the round
/// trips of each dialect.
/// </summary>
public class GoldenTranscriptTests
{
    [Theory]
    [InlineData("chat-request.json", Dialect.OpenAIChat)]
    [InlineData("chat-request-tools.json", Dialect.OpenAIChat)]
    [InlineData("responses-request.json", Dialect.OpenAIResponses)]
    [InlineData("messages-request.json", Dialect.AnthropicMessages)]
    [InlineData("gemini-request.json", Dialect.GeminiGenerate)]
    public void Request_ThroughTheModel_MeansTheSame(string file, Dialect dialect)
    {
        var codec = DialectCodec.For(dialect);
        var document = JsonNode.Parse(GoldenAnswer.Load(file))!;
        var context = ContextOf(codec);

        var written = Wire.Write(codec, Wire.Request(codec, document.ToJsonString()), context);

        ShouldMean(dialect, written, document);
        context.Report.Dropped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("chat.sse", Dialect.OpenAIChat)]
    [InlineData("chat-tools.sse", Dialect.OpenAIChat)]
    [InlineData("chat-crlf-nospace.sse", Dialect.OpenAIChat)]
    [InlineData("responses.sse", Dialect.OpenAIResponses)]
    [InlineData("responses-agent.sse", Dialect.OpenAIResponses)]
    [InlineData("messages.sse", Dialect.AnthropicMessages)]
    [InlineData("messages-data-only.sse", Dialect.AnthropicMessages)]
    [InlineData("gemini.sse", Dialect.GeminiGenerate)]
    public void Stream_ThroughTheModel_TellsTheSame(string file, Dialect dialect)
    {
        var codec = DialectCodec.For(dialect);
        var read = Wire.Read(codec, Encoding.UTF8.GetString(GoldenAnswer.Load(file)));

        var written = Wire.Write(codec, read, ContextOf(codec));
        var again = Wire.Read(codec, written);

        Grammar.ShouldBeLegal(again);
        ShouldMean(dialect, Whole(codec, again), Whole(codec, read));
    }

    private static WriteContext ContextOf(DialectCodec codec) =>
        Wire.To(codec) with { Rules = new ModelRules { CacheBreakpoints = int.MaxValue, SignsCalls = false } };

    private static JsonNode Whole(DialectCodec codec, IEnumerable<StreamEvent> events) => Wire.Write(codec, Wire.Assemble(events), ContextOf(codec));

    private static void ShouldMean(Dialect dialect, JsonNode actual, JsonNode expected)
    {
        switch (dialect)
        {
            case Dialect.GeminiGenerate:
                actual.ShouldMeanForGoogle(expected);
                break;
            case Dialect.OpenAIResponses:
                actual.ShouldMeanResponses(expected);
                break;
            default:
                actual.ShouldMean(expected);
                break;
        }
    }
}
