using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// The <c>usage</c> object of a message (@anthropic-ai/sdk 1.11.0 <c>Usage</c>, <c>MessageDeltaUsage</c>).
/// <c>input_tokens</c> excludes both kinds of cache.
/// </summary>
internal static class UsageReader
{
    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        long input = -1, output = -1, read = -1, written = -1, written5m = -1, written1h = -1, thinking = -1;
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            switch (members.Name)
            {
                case var name when name.SequenceEqual("input_tokens"u8):
                    input = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("output_tokens"u8):
                    output = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("cache_read_input_tokens"u8):
                    read = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("cache_creation_input_tokens"u8):
                    written = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("cache_creation"u8):
                    ReadDetails(members.Value, ref written5m, ref written1h, ref thinking);
                    break;
                case var name when name.SequenceEqual("output_tokens_details"u8):
                    ReadDetails(members.Value, ref written5m, ref written1h, ref thinking);
                    break;
            }
        }

        output = Math.Max(output, 0);
        written1h = Math.Max(written1h, 0);
        // What the split does not explain was written for the vendor's default life.
        written5m = Math.Max(Math.Max(written5m, 0), written - written1h);
        usage = new TokenUsage(Math.Max(input, 0), Math.Max(read, 0), written5m, written1h, output, Math.Clamp(thinking, 0, output));
        return usage.Total > 0 || input == 0;
    }

    /// <summary>
    /// The usage of a stream after a <c>message_delta</c>: its counts are cumulative, and those that it leaves out stand in
    /// <c>message_start</c>. It never splits the cache's writes by life.
    /// </summary>
    public static TokenUsage Merge(TokenUsage before, TokenUsage delta)
    {
        var written = Math.Max(before.CacheWrite5m + before.CacheWrite1h, delta.CacheWrite5m + delta.CacheWrite1h);
        var written1h = Math.Max(before.CacheWrite1h, delta.CacheWrite1h);
        return new TokenUsage(
            Math.Max(before.Input, delta.Input),
            Math.Max(before.CacheRead, delta.CacheRead),
            written - written1h,
            written1h,
            Math.Max(before.Output, delta.Output),
            Math.Max(before.Reasoning, delta.Reasoning));
    }

    private static void ReadDetails(ReadOnlySpan<byte> json, ref long written5m, ref long written1h, ref long thinking)
    {
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("ephemeral_5m_input_tokens"u8))
            {
                written5m = TokenCount.Read(members.Value);
            }
            else if (members.Name.SequenceEqual("ephemeral_1h_input_tokens"u8))
            {
                written1h = TokenCount.Read(members.Value);
            }
            else if (members.Name.SequenceEqual("thinking_tokens"u8))
            {
                thinking = TokenCount.Read(members.Value);
            }
        }
    }
}
