using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// The <c>usage</c> object of a response (openai 6.49.0 <c>ResponseUsage</c>). <c>input_tokens</c> includes what was read
/// from and written to the cache.
/// </summary>
internal static class UsageReader
{
    private static readonly CountTable Counts = new(
        "input_tokens",
        "output_tokens",
        "input_tokens_details.cached_tokens",
        "input_tokens_details.cache_write_tokens",
        "output_tokens_details.reasoning_tokens",
        "input_tokens_details.audio_tokens",
        "output_tokens_details.audio_tokens",
        "input_tokens_details.image_tokens",
        "output_tokens_details.image_tokens");

    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        Span<long> counts = stackalloc long[CountTable.Room];
        var sane = Counts.Read(json, counts);
        usage = new InclusiveUsage
        {
            Input = counts[0],
            Output = counts[1],
            Cached = counts[2],
            Written = counts[3],
            Reasoning = counts[4],
            AudioInput = counts[5],
            AudioOutput = counts[6],
            ImageInput = counts[7],
            ImageOutput = counts[8],
            Suspect = !sane,
        }.ToBuckets();
        return counts[0] >= 0 || counts[1] >= 0;
    }
}
