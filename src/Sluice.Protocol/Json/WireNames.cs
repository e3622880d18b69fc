using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Protocol.Json;

/// <summary>The names of members that occur in nearly every document, so that reading one makes no new string.</summary>
internal static class WireNames
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = new[]
    {
        // Shared by several dialects.
        "type", "id", "index", "model", "role", "content", "text", "name", "input", "arguments", "description", "parameters",
        "tools", "tool_choice", "stream", "temperature", "top_p", "stop", "metadata", "usage", "delta", "message", "messages",
        "error", "code", "param", "status", "url", "title", "data", "detail", "format", "schema", "strict", "refusal", "annotations",
        "service_tier", "finish_reason", "logprobs", "created", "object", "signature", "effort", "summary", "store",
        // OpenAI.
        "choices", "tool_calls", "tool_call_id", "function", "image_url", "input_audio", "file", "file_id", "file_data", "filename",
        "system_fingerprint", "obfuscation", "stream_options", "include_usage", "max_tokens", "max_completion_tokens", "n", "seed",
        "response_format", "reasoning_effort", "reasoning_content", "parallel_tool_calls", "output", "output_index", "content_index",
        "item_id", "item", "part", "sequence_number", "response", "call_id", "encrypted_content", "instructions", "summary_index",
        // Anthropic.
        "content_block", "partial_json", "thinking", "stop_reason", "stop_sequence", "stop_sequences", "stop_details", "system",
        "tool_use_id", "is_error", "source", "media_type", "cache_control", "input_schema", "citations", "citation", "budget_tokens",
        "output_config", "top_k", "container", "ttl",
        // Gemini.
        "candidates", "contents", "parts", "functionCall", "functionResponse", "args", "thought", "thoughtSignature", "inlineData",
        "fileData", "mimeType", "fileUri", "finishReason", "usageMetadata", "modelVersion", "responseId", "safetyRatings",
        "generationConfig", "systemInstruction", "groundingMetadata", "toolConfig",
    }.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The name's one string; false when it is not among the known.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out string? known) => Known.TryGetValue(name, out known);
}
