using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>What an event of a Messages stream means for the account.</summary>
internal static class StreamEventReader
{
    /// <summary>True for an event that only keeps the connection open.</summary>
    public static bool IsPing(SseEvent found) =>
        found.Name.IsEmpty ? EventType.Of(found.Data).SequenceEqual("ping"u8) : found.Name.SequenceEqual("ping"u8);

    public static void Read(SseEvent found, ref TapState state)
    {
        var data = found.Data;
        var name = found.Name.IsEmpty ? EventType.Of(data) : found.Name;
        if (name.SequenceEqual("content_block_delta"u8))
        {
            state.OutputTextBytes += TextBytes(data);
        }
        else if (name.SequenceEqual("message_start"u8))
        {
            ReadMessageStart(data, ref state);
        }
        else if (name.SequenceEqual("message_delta"u8))
        {
            ReadMember(data, "usage"u8, ref state);
        }
        else if (name.SequenceEqual("message_stop"u8))
        {
            state.Ended = state.LastWord = true;
        }
        else if (name.SequenceEqual("error"u8))
        {
            state.HasError = true;
            ReadMember(data, "error"u8, ref state);
        }
    }

    private static void ReadMessageStart(ReadOnlySpan<byte> data, ref TapState state)
    {
        var members = new JsonMembers(data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("message"u8))
            {
                ReadMember(members.Value, "usage"u8, ref state);
            }
        }
    }

    private static void ReadMember(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ref TapState state)
    {
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (!members.Name.SequenceEqual(name))
            {
                continue;
            }

            if (name.SequenceEqual("error"u8))
            {
                state.SetError(members.Value, "type"u8);
            }
            else if (UsageReader.TryRead(members.Value, out var usage))
            {
                state.SetUsage(UsageReader.Merge(state.Usage, usage));
            }
        }
    }

    private static int TextBytes(ReadOnlySpan<byte> data)
    {
        var bytes = JsonKeySearch.StringBytes(data, "\"text\""u8);
        return bytes > 0 ? bytes
            : JsonKeySearch.StringBytes(data, "\"partial_json\""u8) + JsonKeySearch.StringBytes(data, "\"thinking\""u8);
    }
}
