using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>What a chunk of <c>streamGenerateContent</c> means for the account.</summary>
internal static class StreamEventReader
{
    public static void Read(SseEvent found, ref TapState state)
    {
        var data = found.Data;
        if (!state.Ended
            && (JsonKeySearch.HasValue(data, "\"finishReason\""u8) || JsonKeySearch.HasValue(data, "\"blockReason\""u8)))
        {
            state.Ended = true;
        }

        state.OutputTextBytes += JsonKeySearch.StringBytes(data, "\"text\""u8);
        if (!JsonKeySearch.HasValue(data, "\"usageMetadata\""u8) && !JsonKeySearch.HasValue(data, "\"error\""u8))
        {
            return;
        }

        var members = new JsonMembers(data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("usageMetadata"u8))
            {
                if (UsageReader.TryRead(members.Value, out var usage))
                {
                    state.SetUsage(usage);
                }
            }
            else if (members.Name.SequenceEqual("error"u8) && members.Value[0] != (byte)'n')
            {
                state.SetError(members.Value, "status"u8);
            }
        }
    }
}
