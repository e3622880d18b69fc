using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// What a chunk of <c>streamGenerateContent</c> means for the account. Nearly every chunk carries its usage, so that the
/// chunk's own members are walked at once; only <c>candidates</c> are searched and not walked.
/// </summary>
internal static class StreamEventReader
{
    public static void Read(SseEvent found, ref TapState state)
    {
        var members = new JsonMembers(found.Data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            var value = members.Value;
            switch (members.Name.Length)
            {
                case 10 when members.Name.SequenceEqual("candidates"u8):
                    state.Ended |= JsonKeySearch.HasValue(value, "\"finishReason\""u8);
                    state.OutputTextBytes += JsonKeySearch.StringBytes(value, "\"text\""u8);
                    break;
                case 14 when members.Name.SequenceEqual("promptFeedback"u8):
                    state.Ended |= JsonKeySearch.HasValue(value, "\"blockReason\""u8);
                    break;
                case 13 when members.Name.SequenceEqual("usageMetadata"u8):
                    if (UsageReader.TryRead(value, out var usage))
                    {
                        state.SetUsage(usage);
                    }

                    break;
                case 5 when members.Name.SequenceEqual("error"u8) && value[0] != (byte)'n':
                    state.SetError(value, "status"u8);
                    break;
            }
        }
    }
}
