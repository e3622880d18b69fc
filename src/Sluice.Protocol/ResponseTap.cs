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

    /// <summary>What was used, as far as the answer has said; all zero before <see cref="HasUsage"/>.</summary>
    public TokenUsage Usage => _state.Usage;

    /// <summary>True when the answer has said what was used.</summary>
    public bool HasUsage => _state.HasUsage;

    /// <summary>
    /// True when the dialect's last word was seen: <c>[DONE]</c> or a <c>finish_reason</c> (chat),
    /// <c>response.completed</c>, <c>.incomplete</c> or <c>.failed</c> (Responses), <c>message_stop</c> (Anthropic),
    /// <c>finishReason</c> or <c>blockReason</c> (Gemini), and the end of the document where there is one.
    /// </summary>
    public bool Ended => _state.Ended;

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

    /// <summary>True when an event was too long to be looked at (<see cref="SseScanner.MaxLine"/>).</summary>
    public bool Oversized => _events.Oversized;

    /// <summary>Begins another answer.</summary>
    public void Start(Operation operation, ResponseFraming framing)
    {
        _dialect = operation.Dialect;
        _framing = framing;
        _state = new TapState { ErrorCode = "" };
        _events.Reset();
        _body.Reset(framing == ResponseFraming.JsonArray);
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
            var sink = new BodySink(_dialect, _framing, ref _state);
            _body.Read(bytes, ref sink);
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

    private void Take(SseEvent found)
    {
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

    private readonly ref struct BodySink(Dialect dialect, ResponseFraming framing, ref TapState state) : IJsonBodySink
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
            else if (TryReadUsage(value, out var usage))
            {
                _state.SetUsage(usage);
            }
        }

        public void OnEnd() => _state.Ended |= framing == ResponseFraming.JsonArray;

        public void OnText(int bytes) => _state.OutputTextBytes += bytes;

        public void OnElement()
        {
            _state.Events++;
            _state.Ended |= framing == ResponseFraming.Json;
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
