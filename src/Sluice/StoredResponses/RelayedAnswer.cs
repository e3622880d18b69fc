using System.Buffers;
using Sluice.Protocol.Framing;
using Sluice.Protocol.OpenAIResponses;

namespace Sluice.StoredResponses;

/// <summary>
/// Reads along with an answer of the Responses API that goes to the client as it came: for its id alone, which the first event
/// tells, or for all of it.
/// </summary>
/// <param name="isStream">True for events, false for one document.</param>
/// <param name="needsWhole">True when the whole response is wanted and not only its id.</param>
/// <param name="maxBytes">The most that is held, in bytes; of a longer answer nothing is learnt.</param>
internal sealed class RelayedAnswer(bool isStream, bool needsWhole, long maxBytes)
{
    /// <summary>The id stands at the front of a document; so far it is looked for.</summary>
    private const int MostForId = 256 * 1024;

    /// <summary>Longest id that is believed, in characters.</summary>
    private const int LongestId = 256;

    private readonly SseScanner? _events = isStream ? new SseScanner() : null;
    private readonly ArrayBufferWriter<byte> _held = new(isStream ? 1 : 1024);
    private bool _inEnd;

    /// <summary>The answer's id; null while it is not known.</summary>
    public string? Id { get; private set; }

    /// <summary>The whole response, where it is wanted; empty before the end.</summary>
    public ReadOnlyMemory<byte> Response { get; private set; }

    /// <summary>True when all was learnt, or nothing can be.</summary>
    public bool IsDone { get; private set; }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_events is null)
        {
            Hold(bytes);
            if (!needsWhole && !IsDone && IdIn(_held.WrittenSpan) is { } id)
            {
                End(id);
            }

            return;
        }

        while (!IsDone && _events.TryRead(ref bytes, out var found))
        {
            Take(found);
        }
    }

    /// <summary>No more bytes come.</summary>
    public void Complete()
    {
        if (!IsDone && _events is null)
        {
            EndWith(_held.WrittenSpan.ToArray());
        }
        else if (!IsDone && _events!.TryReadLast(out var last))
        {
            Take(last);
        }
    }

    private void Take(SseEvent found)
    {
        switch (found.Part)
        {
            case SsePart.Whole when !needsWhole:
                if (IdIn(ResponsesConversation.MemberOf(found.Data.ToArray(), "response"u8).Span) is { } id)
                {
                    End(id);
                }

                break;
            case SsePart.Whole when IsEnd(found.Name, found.Data):
                EndWith(ResponsesConversation.MemberOf(found.Data.ToArray(), "response"u8).ToArray());
                break;
            case SsePart.First:
                _inEnd = needsWhole && IsEnd(found.Name, found.Data);
                HoldEnd(found.Data);
                break;
            case SsePart.Next:
                HoldEnd(found.Data);
                break;
            case SsePart.Last when _inEnd:
                EndWith(ResponsesConversation.MemberOf(_held.WrittenMemory, "response"u8).ToArray());
                break;
            default:
                break;
        }
    }

    /// <summary>True for the events that repeat a response that is worth keeping.</summary>
    private static bool IsEnd(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
        => name.IsEmpty
            ? ResponsesConversation.TextOf(data, "type"u8) is "response.completed" or "response.incomplete"
            : name.SequenceEqual("response.completed"u8) || name.SequenceEqual("response.incomplete"u8);

    private static string? IdIn(ReadOnlySpan<byte> response)
        => ResponsesConversation.TextOf(response, "id"u8) is { Length: > 0 and <= LongestId } id ? id : null;

    private void HoldEnd(ReadOnlySpan<byte> bytes)
    {
        if (_inEnd)
        {
            Hold(bytes);
        }
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_held.WrittenCount + bytes.Length > (needsWhole ? maxBytes : MostForId))
        {
            End(null);
            return;
        }

        _held.Write(bytes);
    }

    private void EndWith(byte[] response)
    {
        // What failed or was given up has no answer to go on from.
        var isWhole = ResponsesConversation.TextOf(response, "status"u8) is null or "completed" or "incomplete";
        Response = isWhole ? response : default;
        End(isWhole || !needsWhole ? IdIn(response) : null);
    }

    private void End(string? id)
    {
        Id = id;
        IsDone = true;
        _events?.Reset();
    }
}
