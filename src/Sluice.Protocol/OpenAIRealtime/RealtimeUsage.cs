using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIRealtime;

/// <summary>
/// The <c>usage</c> object of <c>response.done</c> and of a transcript (openai 6.49.0 <c>RealtimeResponseUsage</c>,
/// <c>TranscriptTextUsageTokens</c>, <c>TranscriptTextUsageDuration</c>). <c>input_tokens</c> includes what was cached, and the
/// counts by kind include the cached ones of their kind.
/// </summary>
public static class RealtimeUsage
{
    private static readonly CountTable Counts = new(
        "input_tokens",
        "output_tokens",
        "input_token_details.cached_tokens",
        "input_token_details.audio_tokens",
        "input_token_details.image_tokens",
        "output_token_details.audio_tokens",
        "output_token_details.reasoning_tokens");

    private static readonly CountTable CachedCounts = new("audio_tokens", "image_tokens");

    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        Span<long> counts = stackalloc long[CountTable.Room];
        Span<long> cached = stackalloc long[CountTable.Room];
        var sane = Counts.Read(json, counts);
        sane &= CachedCounts.Read(Member(Member(json, "input_token_details"u8), "cached_tokens_details"u8), cached);
        usage = new InclusiveUsage
        {
            Input = counts[0],
            Output = counts[1],
            Cached = counts[2],
            AudioInput = Math.Max(0, counts[3]) - Math.Max(0, cached[0]),
            ImageInput = Math.Max(0, counts[4]) - Math.Max(0, cached[1]),
            AudioOutput = counts[5],
            Reasoning = counts[6],
            Suspect = !sane,
        }.ToBuckets();
        return counts[0] >= 0 || counts[1] >= 0;
    }

    /// <summary>The seconds of a transcript that is billed by its length; false where it is not.</summary>
    public static bool TryReadSeconds(ReadOnlySpan<byte> json, out decimal seconds)
    {
        var value = Member(json, "seconds"u8);
        return System.Buffers.Text.Utf8Parser.TryParse(value, out seconds, out var used) && used == value.Length && used > 0 && seconds >= 0;
    }

    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual(name))
            {
                return members.Slice.Of(json);
            }
        }

        return default;
    }
}
