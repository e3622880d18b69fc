using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// The <c>usage</c> object of a response (openai 6.49.0 <c>ResponseUsage</c>). <c>input_tokens</c> includes what was read
/// from and written to the cache.
/// </summary>
internal static class UsageReader
{
    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        long input = -1, output = -1, cached = -1, written = -1, reasoning = -1;
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("input_tokens"u8))
            {
                input = TokenCount.Read(members.Value);
            }
            else if (members.Name.SequenceEqual("output_tokens"u8))
            {
                output = TokenCount.Read(members.Value);
            }
            else if (members.Name.SequenceEqual("input_tokens_details"u8) || members.Name.SequenceEqual("output_tokens_details"u8))
            {
                OpenAIDetails.Read(members.Value, ref cached, ref written, ref reasoning);
            }
        }

        usage = OpenAIDetails.Disjoint(input, output, cached, written, reasoning);
        return input >= 0 || output >= 0;
    }
}
