using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads <c>generationConfig</c>.</summary>
internal static class GeminiConfigReader
{
    private const string Json = "application/json";
    private const string Plain = "text/plain";

    public static ChatRequest Read(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions)
    {
        var sampling = request.Sampling;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            var known = GeminiNames.Camel(name);
            if (ReadSampling(ref cursor, sampling, known) is { } sampled)
            {
                sampling = sampled;
            }
            else if (ReadRest(ref cursor, request, known, extensions) is { } read)
            {
                request = read;
            }
            else
            {
                GeminiNames.Keep(ref cursor, extensions, GeminiNames.Config + name);
            }
        }

        return request with { Sampling = sampling };
    }

    private static Sampling? ReadSampling(ref JsonCursor cursor, Sampling sampling, string name) => name switch
    {
        "temperature" => sampling with { Temperature = cursor.ReadNumberOrNull() },
        "topP" => sampling with { TopP = cursor.ReadNumberOrNull() },
        "topK" => sampling with { TopK = cursor.ReadWholeOrNull() },
        "presencePenalty" => sampling with { PresencePenalty = cursor.ReadNumberOrNull() },
        "frequencyPenalty" => sampling with { FrequencyPenalty = cursor.ReadNumberOrNull() },
        "seed" => sampling with { Seed = cursor.ReadWholeOrNull() },
        "candidateCount" => sampling with { Choices = cursor.ReadCountOrNull() },
        "responseLogprobs" => sampling with { Logprobs = cursor.ReadFlagOrNull() },
        "logprobs" => sampling with { TopLogprobs = cursor.ReadCountOrNull() },
        _ => null,
    };

    private static ChatRequest? ReadRest(ref JsonCursor cursor, ChatRequest request, string name, List<Extension> extensions) => name switch
    {
        "maxOutputTokens" => request with { MaxOutputTokens = cursor.ReadWholeOrNull() },
        "stopSequences" => request with { Stop = cursor.ReadStrings() },
        "responseModalities" => request with { Modalities = [.. cursor.ReadStrings().Select(word => word.ToLowerInvariant())] },
        "responseMimeType" when IsForm(cursor) => request with { Format = FormOf(cursor.ReadString(), request.Format) },
        "responseSchema" when cursor.IsObject => WithSchema(request, GeminiSchemas.ToJsonSchema(cursor.ReadRaw())),
        "responseJsonSchema" when !cursor.IsNull => WithSchema(request, cursor.ReadRaw()),
        "thinkingConfig" when cursor.IsObject => request with { Reasoning = ReadThinking(ref cursor, extensions) },
        _ => null,
    };

    private static bool IsForm(JsonCursor cursor) => cursor.IsString && cursor.ReadString() is Json or Plain;

    private static OutputFormat FormOf(string mediaType, OutputFormat? before) =>
        before ?? new OutputFormat(mediaType == Json ? OutputFormatKind.JsonObject : OutputFormatKind.Text);

    private static ChatRequest WithSchema(ChatRequest request, RawJson schema) =>
        request with { Format = new OutputFormat(OutputFormatKind.JsonSchema) { Schema = schema } };

    private static ReasoningRequest ReadThinking(ref JsonCursor cursor, List<Extension> extensions)
    {
        var reasoning = new ReasoningRequest();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "includeThoughts" when !cursor.IsNull:
                    reasoning = reasoning with { Display = cursor.ReadFlagOrNull() is true ? ReasoningDisplay.Auto : ReasoningDisplay.Hidden };
                    break;
                case "thinkingBudget" when !cursor.IsNull:
                    reasoning = WithBudget(reasoning, cursor.ReadWholeOrNull() ?? 0);
                    break;
                case "thinkingLevel" when cursor.IsString && ReasoningEffortNames.Parse(cursor.ReadString().ToLowerInvariant()) is { } effort:
                    reasoning = reasoning with { Effort = effort };
                    break;
                default:
                    GeminiNames.Keep(ref cursor, extensions, GeminiNames.Thinking + name);
                    break;
            }
        }

        return reasoning;
    }

    /// <summary>0 turns thinking off, and less leaves it to the model.</summary>
    private static ReasoningRequest WithBudget(ReasoningRequest reasoning, long tokens) => tokens switch
    {
        0 => reasoning with { Disabled = true },
        < 0 => reasoning with { Adaptive = true },
        _ => reasoning with { BudgetTokens = tokens },
    };
}
