using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Golden;
using Sluice.Protocol.Tests.Translation;
using static Sluice.Protocol.Tests.GeminiGenerate.GeminiWire;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>A document that goes into the canonical model and back means what it meant.</summary>
public class GeminiRoundTripTests
{
    private const int Generated = 10_000;
    private const int GeneratedStreams = 1000;

    [Fact]
    public void Requests_Generated_MeanTheSame()
    {
        for (var seed = 0; seed < Generated; seed++)
        {
            var document = new GeminiDocuments(seed).Request();
            var context = ToGemini();

            var written = Wire.Write(Gemini, Wire.Request(Gemini, document.ToJsonString()), context);

            written.ShouldMeanForGoogle(document);
            context.Report.Dropped.ShouldBeEmpty();
            context.Report.Refused.ShouldBeNull();
        }
    }

    [Fact]
    public void Responses_Generated_MeanTheSame()
    {
        for (var seed = 0; seed < Generated; seed++)
        {
            var document = new GeminiDocuments(seed).Response();

            Wire.Write(Gemini, Wire.Response(Gemini, document.ToJsonString()), ToGemini()).ShouldMeanForGoogle(document);
        }
    }

    [Theory]
    [InlineData("MINIMAL")]
    [InlineData("HIGH")]
    public void Requests_ThinkingLevel_StaysWhereTheModelTakesLevels(string level)
    {
        var document = JsonNode.Parse($$$$"""{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"{{{{level}}}}"}}}""")!;

        Wire.Write(Gemini, Wire.Request(Gemini, document.ToJsonString()), ToGemini(new ModelRules { Thinking = ThinkingStyle.Effort })).ShouldMeanForGoogle(document);
    }

    [Fact]
    public void Requests_UnderlinedNamesAndSingleItems_MeanTheSame()
    {
        const string underlined = """
            {"contents":{"role":"user","parts":{"inline_data":{"mime_type":"image/png","data":"iVBO-_8"}}},
             "system_instruction":{"parts":{"text":"s"}},"generation_config":{"max_output_tokens":5,"top_k":40,"thinking_config":{"thinking_budget":0}},
             "tools":{"function_declarations":{"name":"f"}},"tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["f"]}}}
            """;
        const string usual = """
            {"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"iVBO+/8="}}]}],
             "generationConfig":{"topK":40,"maxOutputTokens":5,"thinkingConfig":{"thinkingBudget":0}},
             "tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}}}
            """;

        Wire.Write(Gemini, Wire.Request(Gemini, underlined), ToGemini()).ShouldMeanForGoogle(JsonNode.Parse(usual)!);
    }

    [Fact]
    public void Responses_Golden_MeanTheSame()
    {
        var document = JsonNode.Parse(Golden("gemini.json"))!;

        Wire.Write(Gemini, Wire.Response(Gemini, document.ToJsonString()), ToGemini()).ShouldMeanForGoogle(document);
    }

    [Theory]
    [InlineData(ResponseFraming.Sse)]
    [InlineData(ResponseFraming.JsonArray)]
    public void Streams_Generated_TellTheWholeAnswer(ResponseFraming framing)
    {
        for (var seed = 0; seed < GeneratedStreams; seed++)
        {
            var response = Wire.Response(Gemini, new GeminiDocuments(seed).Response().ToJsonString());
            var stream = Encoding.UTF8.GetBytes(Wire.Write(Gemini, ResponseEvents.Of(response), ToGemini() with { Framing = framing }));

            var events = Read(Pieces.Random(stream, new Random(seed), 200), framing, out var repairs);

            repairs.ShouldBeEmpty();
            WholeOf(Wire.Assemble(events)).ShouldMeanForGoogle(WholeOf(response));
        }
    }

    [Fact]
    public void Streams_Blocked_StayBlocked()
    {
        var events = Read([Golden("gemini-blocked.sse")], ResponseFraming.Sse, out var repairs);

        var written = Wire.Data(Wire.Write(Gemini, events, ToGemini())).ShouldHaveSingleItem();

        repairs.ShouldBeEmpty();
        written["candidates"]!.AsArray().ShouldBeEmpty();
        written["promptFeedback"]!["blockReason"]!.GetValue<string>().ShouldBe("PROHIBITED_CONTENT");
    }

    internal static byte[] Golden(string file) => GoldenAnswers.All.Single(answer => answer.File == file).Bytes;

    /// <summary>What streams do not keep: where a text or a thought was parted, and whose probabilities had more to say.</summary>
    private static JsonNode WholeOf(ChatResponse response) =>
        Wire.Write(Gemini, response with { Choices = [.. response.Choices.Select(WholeOf)] }, ToGemini());

    private static ChatChoice WholeOf(ChatChoice choice)
    {
        var content = new List<ContentBlock>();
        foreach (var block in choice.Content)
        {
            switch (block, content.LastOrDefault())
            {
                case (TextBlock text, TextBlock { Signature: null } before):
                    content[^1] = before with { Text = before.Text + text.Text, Signature = text.Signature };
                    break;
                case (ReasoningBlock thought, ReasoningBlock { Signature.Data: "" } before):
                    content[^1] = before with { Text = before.Text + thought.Text, Signature = thought.Signature };
                    break;
                default:
                    content.Add(block);
                    break;
            }
        }

        return choice with { Content = content, Extensions = [.. choice.Extensions.Where(extension => extension.Name != "logprobsResult")] };
    }
}
