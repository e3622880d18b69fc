using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.Protocol.Framing;
using Sluice.Protocol.OpenAIResponses;

namespace Sluice.StoredResponses;

/// <summary>Gives the events of a response again, from a place on (<c>?stream=true&amp;starting_after=</c>).</summary>
/// <param name="after">The number of the last event that the client has; -1 for none.</param>
internal sealed class EventReplay(long after)
{
    private readonly SseScanner _scanner = new();

    /// <summary>True when any event was given.</summary>
    public bool HasGiven { get; private set; }

    /// <summary>Writes the events that the client has not got.</summary>
    /// <param name="output">Where they go.</param>
    /// <param name="events">Whole events, those that follow the ones of the last call.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> events)
    {
        if (after < 0)
        {
            HasGiven |= !events.IsEmpty;
            output.Write(events);
            return;
        }

        while (_scanner.TryRead(ref events, out var found))
        {
            if (found.Part == SsePart.Whole && found.HasData && NumberOf(found.Data) > after)
            {
                HasGiven = true;
                output.Write("event: "u8);
                output.Write(found.Name);
                output.Write("\ndata: "u8);
                output.Write(found.Data);
                output.Write("\n\n"u8);
            }
        }
    }

    /// <summary>Writes the end alone, for a client that has all other events, or more than there are to give.</summary>
    public void WriteEnd(IBufferWriter<byte> output, ReadOnlyMemory<byte> response) => ResponsesConversation.WriteEnd(output, response, after + 1);

    private static long NumberOf(ReadOnlySpan<byte> data)
        => long.TryParse(Encoding.ASCII.GetString(ResponsesConversation.MemberOf(data.ToArray(), "sequence_number"u8).Span), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : long.MaxValue;
}
