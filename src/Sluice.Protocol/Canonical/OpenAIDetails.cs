using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>What the usage objects of both OpenAI dialects share: the <c>*_details</c> members and how they overlap.</summary>
internal static class OpenAIDetails
{
    /// <summary>Takes the counts out of a details object; what it does not name stays.</summary>
    public static void Read(ReadOnlySpan<byte> json, ref long cached, ref long written, ref long reasoning)
    {
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("cached_tokens"u8))
            {
                cached = TokenCount.Read(members.Value);
            }
            else if (members.Name.SequenceEqual("cache_write_tokens"u8))
            {
                written = TokenCount.Read(members.Value);
            }
            else if (members.Name.SequenceEqual("reasoning_tokens"u8))
            {
                reasoning = TokenCount.Read(members.Value);
            }
        }
    }

    /// <summary>Buckets that do not overlap, from counts of which the input includes both kinds of cache; -1 counts as 0.</summary>
    public static TokenUsage Disjoint(long input, long output, long cached, long written, long reasoning)
    {
        input = Math.Max(input, 0);
        output = Math.Max(output, 0);
        cached = Math.Clamp(cached, 0, input);
        written = Math.Clamp(written, 0, input - cached);
        return new TokenUsage(input - cached - written, cached, written, 0, output, Math.Clamp(reasoning, 0, output));
    }
}
