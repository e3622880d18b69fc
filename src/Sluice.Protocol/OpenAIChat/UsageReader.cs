using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>
/// The <c>usage</c> object of Chat Completions, Completions and Embeddings (openai 6.49.0 <c>CompletionUsage</c>).
/// <c>prompt_tokens</c> includes what was read from and written to the cache.
/// </summary>
internal static class UsageReader
{
    private static readonly CountTable Counts = new(
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details.cached_tokens",
        "prompt_tokens_details.cache_write_tokens",
        "completion_tokens_details.reasoning_tokens",
        // DeepSeek's own name for cached tokens; it also sends the usual one.
        "prompt_cache_hit_tokens",
        "prompt_tokens_details.audio_tokens",
        "completion_tokens_details.audio_tokens",
        "prompt_tokens_details.image_tokens",
        "completion_tokens_details.image_tokens");

    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        Span<long> counts = stackalloc long[CountTable.Room];
        var sane = Counts.Read(json, counts);
        var (prompt, completion, total, reasoning) = (counts[0], counts[1], counts[2], counts[5]);
        if (reasoning > 0 && total == prompt + completion + reasoning)
        {
            // xAI counts reasoning beside the completion; OpenAI counts it inside.
            completion += reasoning;
        }

        usage = new InclusiveUsage
        {
            Input = prompt,
            Output = completion,
            Cached = Math.Max(counts[3], counts[6]),
            Written = counts[4],
            Reasoning = reasoning,
            AudioInput = counts[7],
            AudioOutput = counts[8],
            ImageInput = counts[9],
            ImageOutput = counts[10],
            Suspect = !sane,
        }.ToBuckets();
        return prompt >= 0 || completion >= 0;
    }
}
