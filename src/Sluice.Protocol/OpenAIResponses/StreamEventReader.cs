using Sluice.Protocol.Canonical;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>What an event of a Responses stream means for the account.</summary>
internal static class StreamEventReader
{
    /// <summary>True for the events that hold the whole response and its usage.</summary>
    public static bool EndsStream(SseEvent found) => EndsStream(found.Name.IsEmpty ? EventType.Of(found.Data) : found.Name);

    public static void Read(SseEvent found, ref TapState state)
    {
        var data = found.Data;
        if (data.StartsWith("[DONE]"u8))
        {
            state.Ended = state.LastWord = true;
            return;
        }

        var name = found.Name.IsEmpty ? EventType.Of(data) : found.Name;
        if (name.EndsWith(".delta"u8))
        {
            state.OutputTextBytes += JsonKeySearch.StringBytes(data, "\"delta\""u8);
        }
        else if (EndsStream(name))
        {
            state.Ended = state.LastWord = true;
            state.HasError |= name.SequenceEqual("response.failed"u8);
            ReadEnvelope(data, ref state);
        }
        else if (name.SequenceEqual("error"u8))
        {
            ReadError(data, ref state);
        }
    }

    private static bool EndsStream(ReadOnlySpan<byte> name) => name.SequenceEqual("response.completed"u8)
        || name.SequenceEqual("response.incomplete"u8) || name.SequenceEqual("response.failed"u8);

    private static void ReadEnvelope(ReadOnlySpan<byte> data, ref TapState state)
    {
        var members = new JsonMembers(data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("response"u8))
            {
                ReadResponse(members.Value, ref state);
                return;
            }
        }
    }

    private static void ReadResponse(ReadOnlySpan<byte> response, ref TapState state)
    {
        var members = new JsonMembers(response, stackalloc ulong[JsonMembers.StackWords]);
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
            else if (members.Name.SequenceEqual("error"u8) && members.Value[0] == (byte)'{')
            {
                state.SetError(members.Value, "code"u8);
            }
        }
    }

    private static void ReadError(ReadOnlySpan<byte> data, ref TapState state)
    {
        // Documented flat; some upstreams nest it as in Chat Completions.
        var members = new JsonMembers(data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("error"u8) && members.Value[0] == (byte)'{')
            {
                state.SetError(members.Value, "code"u8);
                return;
            }
        }

        state.SetError(data, "code"u8);
    }
}
