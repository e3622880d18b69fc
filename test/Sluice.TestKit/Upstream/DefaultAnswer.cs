using System.Text.Json;
using Sluice.TestKit.Vendors;

namespace Sluice.TestKit.Upstream;

/// <summary>What a vendor would say to a well-formed request, by its path; usage is given as the vendor gives it.</summary>
internal static class DefaultAnswer
{
    public static UpstreamAnswer For(RecordedRequest request)
    {
        var method = request.Path[(request.Path.LastIndexOfAny(['/', ':']) + 1)..];
        return method switch
        {
            "completions" when request.Path.EndsWith("/chat/completions", StringComparison.Ordinal) => Chat(request),
            "completions" => UpstreamAnswer.Json(OpenAIChatWire.LegacyCompletion()),
            "responses" => Streams(request) ? UpstreamAnswer.Sse(OpenAIResponsesWire.Stream()) : UpstreamAnswer.Json(OpenAIResponsesWire.Response()),
            "embeddings" => UpstreamAnswer.Json(OpenAIChatWire.Embeddings()),
            "moderations" => UpstreamAnswer.Json(OpenAIChatWire.Moderation()),
            "messages" => Streams(request) ? UpstreamAnswer.Sse(AnthropicWire.Stream()) : UpstreamAnswer.Json(AnthropicWire.Message()),
            "rawPredict" when request.Path.EndsWith("/count-tokens:rawPredict", StringComparison.Ordinal) => UpstreamAnswer.Json("""{"input_tokens":42}"""),
            "rawPredict" => UpstreamAnswer.Json(AnthropicWire.Message()),
            "streamRawPredict" => UpstreamAnswer.Sse(AnthropicWire.Stream()),
            "predict" => UpstreamAnswer.Json("""{"predictions":[{"embeddings":{"values":[0.1,0.2],"statistics":{"token_count":3,"truncated":false}}}]}"""),
            "count_tokens" => UpstreamAnswer.Json("""{"input_tokens":42}"""),
            "generateContent" => UpstreamAnswer.Json(GeminiWire.Response()),
            "streamGenerateContent" when request.RawTarget.Contains("alt=sse", StringComparison.Ordinal) => UpstreamAnswer.Sse(GeminiWire.SseStream()),
            "streamGenerateContent" => UpstreamAnswer.Stream("application/json", GeminiWire.ArrayStream()),
            "countTokens" => UpstreamAnswer.Json("""{"totalTokens":42}"""),
            "embedContent" => UpstreamAnswer.Json("""{"embedding":{"values":[0.1,0.2]}}"""),
            "batchEmbedContents" => UpstreamAnswer.Json("""{"embeddings":[{"values":[0.1,0.2]}]}"""),
            _ => UpstreamAnswer.Json("""{"error":{"message":"no such path","type":"invalid_request_error","param":null,"code":null}}""", 404),
        };
    }

    private static UpstreamAnswer Chat(RecordedRequest request)
        => Streams(request)
            ? UpstreamAnswer.Sse(OpenAIChatWire.Stream(AsksForUsage(request)))
            : UpstreamAnswer.Json(OpenAIChatWire.Completion());

    private static bool Streams(RecordedRequest request)
        => TryMember(request, "stream", out var stream) && stream.ValueKind == JsonValueKind.True;

    private static bool AsksForUsage(RecordedRequest request)
        => TryMember(request, "stream_options", out var options)
            && options.ValueKind == JsonValueKind.Object
            && options.TryGetProperty("include_usage", out var usage)
            && usage.ValueKind == JsonValueKind.True;

    private static bool TryMember(RecordedRequest request, string name, out JsonElement value)
    {
        value = default;
        try
        {
            return request.Json.TryGetProperty(name, out value);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
