using Sluice.Protocol.Canonical;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>What a chunk of Chat Completions or Completions means for the account.</summary>
internal static class StreamEventReader
{
    public static void Read(SseEvent found, ref TapState state)
    {
        var data = found.Data;
        if (data.StartsWith("[DONE]"u8))
        {
            state.Ended = state.LastWord = true;
            return;
        }

        if (!state.Ended && JsonKeySearch.HasValue(data, "\"finish_reason\""u8))
        {
            state.Ended = true;
        }

        if (JsonKeySearch.HasValue(data, "\"usage\""u8) || JsonKeySearch.HasValue(data, "\"error\""u8))
        {
            ReadTopLevel(data, ref state);
        }

        state.OutputTextBytes += TextBytes(data);
    }

    private static void ReadTopLevel(ReadOnlySpan<byte> data, ref TapState state)
    {
        var members = new JsonMembers(data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("usage"u8))
            {
                if (UsageReader.TryRead(members.Value, out var usage))
                {
                    state.SetUsage(usage);
                }
            }
            else if (members.Name.SequenceEqual("service_tier"u8))
            {
                state.Tier = ServiceTiers.OfToken(members.Value);
            }
            else if (members.Name.SequenceEqual("error"u8) && members.Value[0] != (byte)'n')
            {
                state.SetError(members.Value, "code"u8);
            }
        }
    }

    private static int TextBytes(ReadOnlySpan<byte> data)
    {
        var bytes = JsonKeySearch.StringBytes(data, "\"content\""u8);
        return bytes > 0 ? bytes
            : JsonKeySearch.StringBytes(data, "\"arguments\""u8)
                + JsonKeySearch.StringBytes(data, "\"reasoning_content\""u8)
                + JsonKeySearch.StringBytes(data, "\"text\""u8);
    }
}
