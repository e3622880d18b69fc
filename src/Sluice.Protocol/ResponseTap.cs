using Sluice.Protocol.Canonical;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>
/// Reads along with an answer that is relayed unchanged and learns what was used, whether the answer came to its end, and
/// where something may be written into it. Fed in pieces of any size; allocates nothing for an event that arrives whole.
/// Reusable, for one answer at a time.
/// </summary>
public sealed class ResponseTap
{
    private readonly SseScanner _events = new();
    private readonly JsonBodyScanner _body = new();
    private TapState _state;
    private Dialect _dialect;
    private ResponseFraming _framing;
    private BodyMarks _marks;

    /// <summary>What was used, as far as the answer has said; all zero before <see cref="HasUsage"/>.</summary>
    public TokenUsage Usage => _state.Tier == ServiceTier.Standard ? _state.Usage : _state.Usage with { Tier = _state.Tier };

    /// <summary>True when the answer has said what was used.</summary>
    public bool HasUsage => _state.HasUsage;

    /// <summary>
    /// True when the dialect's last word was seen: <c>[DONE]</c> or a <c>finish_reason</c> (chat),
    /// <c>response.completed</c>, <c>.incomplete</c> or <c>.failed</c> (Responses), <c>message_stop</c> (Anthropic),
    /// <c>finishReason</c> or <c>blockReason</c> (Gemini), and the end of the document where there is one.
    /// </summary>
    public bool Ended => _state.Ended;

    /// <summary>
    /// True when the event was seen after which a client waits for nothing more: <c>[DONE]</c>, the end of a Responses
    /// stream, <c>message_stop</c>. Gemini has none: there the end of the body is the last word.
    /// </summary>
    public bool HasLastWord => _state.LastWord;

    /// <summary>True when the answer that is read consists of server-sent events.</summary>
    public bool IsStream => _framing == ResponseFraming.Sse;

    /// <summary>
    /// True where another event may be written: no event stands there half. In a JSON array: before its bracket, and
    /// between an element and the comma after it.
    /// </summary>
    public bool AtEventBoundary => _framing == ResponseFraming.Sse ? _events.AtEventBoundary : _body.AtBoundary;

    /// <summary>
    /// Complete events with data, elements of an array, or 1 for a complete document; comments and pings are not counted.
    /// </summary>
    public int Events => _state.Events;

    /// <summary>About how many bytes of answer text there were, for an estimate where no usage is said.</summary>
    public long OutputTextBytes => _state.OutputTextBytes;

    /// <summary>True when the answer holds an error in the dialect's form.</summary>
    public bool HasError => _state.HasError;

    /// <summary>The vendor's code or type of that error, such as <c>overloaded_error</c>; empty when it gave none.</summary>
    public string ErrorCode => _state.ErrorCode;

    /// <summary>
    /// True when an event was over the scanner's limits. Of such an event usage and end are still read, text is not counted.
    /// </summary>
    public bool Oversized => _events.Oversized;

    /// <summary>Begins another answer.</summary>
    public void Start(Operation operation, ResponseFraming framing)
    {
        _dialect = operation.Dialect;
        _framing = framing;
        _state = new TapState { ErrorCode = "" };
        _events.Reset();
        _body.Reset(framing == ResponseFraming.JsonArray);
        _marks = framing == ResponseFraming.JsonArray
            ? BodyMarks.Elements | BodyMarks.Text | BodyMarks.EndsByMember
            : BodyMarks.Elements | BodyMarks.Text | BodyMarks.EndsByElement;
    }

    /// <summary>Takes the next bytes of the answer.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_framing == ResponseFraming.Sse)
        {
            while (_events.TryRead(ref bytes, out var found))
            {
                Take(found);
            }
        }
        else
        {
            ReadBody(bytes);
        }
    }

    /// <summary>Says that no more bytes come. What stands at the end without its empty line is still looked at.</summary>
    public void Complete()
    {
        if (_framing == ResponseFraming.Sse && _events.TryReadLast(out var found))
        {
            Take(found);
        }
    }

    private void ReadBody(ReadOnlySpan<byte> bytes)
    {
        var sink = new BodySink(_dialect, _marks, ref _state);
        _body.Read(bytes, ref sink);
    }

    private void Take(SseEvent found)
    {
        if (found.Part != SsePart.Whole)
        {
            TakePart(found);
            return;
        }

        if (!found.HasData)
        {
            return;
        }

        if (_dialect == Dialect.AnthropicMessages && AnthropicMessages.StreamEventReader.IsPing(found))
        {
            return;
        }

        _state.Events++;
        switch (_dialect)
        {
            case Dialect.OpenAIChat:
                OpenAIChat.StreamEventReader.Read(found, ref _state);
                break;
            case Dialect.OpenAIResponses:
                OpenAIResponses.StreamEventReader.Read(found, ref _state);
                break;
            case Dialect.AnthropicMessages:
                AnthropicMessages.StreamEventReader.Read(found, ref _state);
                break;
            default:
                GeminiGenerate.StreamEventReader.Read(found, ref _state);
                break;
        }
    }

    /// <summary>
    /// An event over the scanner's limits, such as one with an image: its data is followed like a body, without keeping it.
    /// </summary>
    private void TakePart(SseEvent found)
    {
        if (found.Part == SsePart.First)
        {
            _state.Events++;
            _marks = MarksOf(found);

            // The usage of a Responses stream stands one level down, in the response.
            _body.Reset(isArray: _dialect == Dialect.OpenAIResponses);
        }

        if (_marks != BodyMarks.None)
        {
            ReadBody(found.Data);
        }
    }

    private BodyMarks MarksOf(SseEvent first)
    {
        switch (_dialect)
        {
            case Dialect.OpenAIChat:
                return BodyMarks.Usage;
            case Dialect.GeminiGenerate:
                return BodyMarks.Usage | BodyMarks.EndsByMember;
            case Dialect.OpenAIResponses when OpenAIResponses.StreamEventReader.EndsStream(first):
                return BodyMarks.Usage | BodyMarks.EndsByElement;
            default:
                return BodyMarks.None;
        }
    }

    /// <summary>What is learnt of a document that is followed piece by piece.</summary>
    [Flags]
    private enum BodyMarks : byte
    {
        None = 0,

        /// <summary>The last usage counts.</summary>
        Usage = 1,

        /// <summary>The document, or each element of the array, is an event.</summary>
        Elements = 2,

        /// <summary>Answer text is counted.</summary>
        Text = 4,

        /// <summary>A finish or block reason ends the answer.</summary>
        EndsByMember = 8,

        /// <summary>The end of the document ends the answer.</summary>
        EndsByElement = 16,
    }

    private readonly ref struct BodySink(Dialect dialect, BodyMarks marks, ref TapState state) : IJsonBodySink
    {
        private readonly ref TapState _state = ref state;

        public void OnMember(WatchedMember member, ReadOnlySpan<byte> value)
        {
            if (member == WatchedMember.Error)
            {
                _state.SetError(value, dialect switch
                {
                    Dialect.AnthropicMessages => "type"u8,
                    Dialect.GeminiGenerate => "status"u8,
                    _ => "code"u8,
                });
            }
            else if (member == WatchedMember.Tier)
            {
                _state.Tier = ServiceTiers.Of(value);
            }
            else if (TryReadUsage(value, out var usage))
            {
                _state.SetUsage(usage);
            }
        }

        public void OnEnd() => _state.Ended |= (marks & BodyMarks.EndsByMember) != 0;

        public void OnText(int bytes) => _state.OutputTextBytes += (marks & BodyMarks.Text) != 0 ? bytes : 0;

        public void OnElement()
        {
            _state.Events += (marks & BodyMarks.Elements) != 0 ? 1 : 0;
            _state.Ended |= (marks & BodyMarks.EndsByElement) != 0;
        }

        private bool TryReadUsage(ReadOnlySpan<byte> value, out TokenUsage usage) => dialect switch
        {
            Dialect.OpenAIChat => OpenAIChat.UsageReader.TryRead(value, out usage),
            Dialect.OpenAIResponses => OpenAIResponses.UsageReader.TryRead(value, out usage),
            Dialect.AnthropicMessages => AnthropicMessages.UsageReader.TryRead(value, out usage),
            _ => GeminiGenerate.UsageReader.TryRead(value, out usage),
        };
    }
}
