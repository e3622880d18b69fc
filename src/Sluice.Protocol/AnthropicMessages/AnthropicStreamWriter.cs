using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// Writes the events of a streamed message. The reason of the end and the usage stand in one event near the end, so that
/// both are kept until the message stops.
/// </summary>
/// <remarks>
/// The end of a text waits for what follows: what a search behind the answer found is told after the text that rests on it,
/// and has its place there.
/// </remarks>
internal sealed class AnthropicStreamWriter(WriteContext context) : IStreamWriter
{
    private readonly SseOutput _sse = new();
    private readonly AnthropicAnswerBlocks _blocks = new(context);
    private ContentBlock? _open;
    private bool _isEnding;
    private Grounding? _grounding;
    private int _cited;
    private StringBuilder? _wrapped;
    private Finish _finish = new(FinishReason.Stop);
    private TokenUsage _usage;
    private IReadOnlyList<Extension> _usageExtensions = [];
    private bool _hasInput;
    private int _index;
    private int _lastPart;
    private bool _isSigned;
    private int _events;

    public void Dispose() => _sse.Dispose();

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        if (streamEvent is BlockEvent { Choice: 0 } or ChoiceFinish { Choice: 0 } or MessageStop or StreamFailure)
        {
            EndWaiting(output);
        }

        switch (streamEvent)
        {
            case MessageStart start:
                WriteStart(output, start);
                break;
            case BlockEvent { Choice: 0 } block:
                WriteBlock(output, block);
                break;
            case UsageUpdate usage:
                _usage = usage.Usage;
                _usageExtensions = usage.Extensions;
                break;
            case GroundingFound { Choice: 0 } found:
                _grounding = found.Grounding;
                break;
            case ChoiceFinish { Choice: 0 } finish:
                _finish = finish.Finish;
                break;
            case MessageStop:
                WriteEnd(output);
                break;
            case StreamFailure failure:
                AnthropicErrorFormat.Instance.WriteStreamEvent(output, failure.Error, context.RequestId, ResponseFraming.Sse, _events);
                break;
            case Ping:
                output.Write(AnthropicErrorFormat.Instance.KeepAlive(ResponseFraming.Sse));
                break;
            default:
                // Probabilities and further choices have no place here.
                break;
        }
    }

    private Utf8JsonWriter Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        _events++;
        var json = _sse.Begin(output, name);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        return json;
    }

    private void End(IBufferWriter<byte> output, Utf8JsonWriter json)
    {
        json.WriteEndObject();
        _sse.End(output);
    }

    private void WriteStart(IBufferWriter<byte> output, MessageStart start)
    {
        _usage = start.Usage ?? default;
        var json = Begin(output, "message_start"u8);
        json.WriteStartObject("message");
        json.WriteString("id", AnthropicIds.Of(start.Id, context));
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", context.Model ?? start.Model);
        json.WriteStartArray("content");
        json.WriteEndArray();
        json.WriteNull("stop_reason");
        json.WriteNull("stop_sequence");
        AnthropicUsage.Write(json, _usage, start.Extensions);
        json.WriteExtensions([.. start.Extensions.Where(extension => extension.Name != "usage")], context.Target);
        json.WriteEndObject();
        End(output, json);
    }

    private void WriteBlock(IBufferWriter<byte> output, BlockEvent block)
    {
        switch (block)
        {
            case BlockStart start:
                WriteBlockStart(output, start.Content);
                break;
            case BlockDelta delta when _open is not null:
                WriteDelta(output, delta);
                break;
            case BlockStop when _open is TextBlock:
                _isEnding = true;
                break;
            case BlockStop when _open is not null:
                if (_open is ReasoningBlock { Redacted: false } && !_isSigned && context.Unsigned is { } unsigned)
                {
                    WriteDelta(output, new SignatureDelta(0, _index, unsigned));
                }

                EndBlock(output);
                break;
            default:
                break;
        }
    }

    private void EndWaiting(IBufferWriter<byte> output)
    {
        if (_isEnding)
        {
            EndBlock(output);
        }
    }

    private void EndBlock(IBufferWriter<byte> output)
    {
        if (_open is TextBlock)
        {
            WriteGrounding(output);
        }

        EndInput(output);
        _open = null;
        _isEnding = false;
        var json = Begin(output, "content_block_stop"u8);
        json.WriteNumber("index", _index++);
        End(output, json);
    }

    /// <summary>What the answer rests on is cited by the text that ends, each source once.</summary>
    private void WriteGrounding(IBufferWriter<byte> output)
    {
        foreach (var citation in _grounding?.Citations.Skip(_cited) ?? [])
        {
            WriteDelta(output, new CitationDelta(0, _index, citation));
            _cited++;
        }
    }

    private void WriteBlockStart(IBufferWriter<byte> output, ContentBlock content)
    {
        _lastPart = -1;
        _isSigned = false;
        _open = _blocks.Shows(content) ? content : null;
        if (_open is null)
        {
            return;
        }

        var json = Begin(output, "content_block_start"u8);
        json.WriteNumber("index", _index);
        json.WritePropertyName("content_block");
        _blocks.Write(json, content, begins: true);
        End(output, json);
        if (content is ReasoningBlock { Redacted: false, Signature: { } signature })
        {
            WriteDelta(output, new SignatureDelta(0, _index, signature));
        }
    }

    private void WriteDelta(IBufferWriter<byte> output, BlockDelta delta)
    {
        if (delta is ArgumentsDelta arguments && _open is ToolCallBlock call && IsWrapped(call, arguments.Fragment))
        {
            _wrapped = (_wrapped ?? new StringBuilder()).Append(arguments.Fragment);
            return;
        }

        // Only thoughts have a slot for a signature.
        if (delta is SignatureDelta && _open is not ReasoningBlock)
        {
            return;
        }

        _isSigned |= delta is SignatureDelta;
        var json = Begin(output, "content_block_delta"u8);
        json.WriteNumber("index", _index);
        json.WriteStartObject("delta");
        WriteDelta(json, delta);
        json.WriteEndObject();
        End(output, json);
    }

    private void WriteDelta(Utf8JsonWriter json, BlockDelta delta)
    {
        switch (delta)
        {
            case TextDelta text when _open is ReasoningBlock:
                WriteDelta(json, "thinking_delta", "thinking", text.Text);
                break;
            case TextDelta text:
                WriteDelta(json, "text_delta", "text", text.Text);
                break;
            case SummaryDelta summary:
                WriteDelta(json, "thinking_delta", "thinking", _lastPart >= 0 && _lastPart != summary.Part ? $"\n\n{summary.Text}" : summary.Text);
                _lastPart = summary.Part;
                break;
            case ArgumentsDelta arguments:
                WriteDelta(json, "input_json_delta", "partial_json", arguments.Fragment);
                break;
            case SignatureDelta signature:
                WriteDelta(json, "signature_delta", "signature", signature.Signature.ForSlotOf(Dialect.AnthropicMessages));
                break;
            case CitationDelta citation:
                json.WriteString("type", "citations_delta");
                json.WritePropertyName("citation");
                AnthropicCitations.Write(json, citation.Citation);
                break;
            default:
                break;
        }
    }

    private static void WriteDelta(Utf8JsonWriter json, string type, string member, string value)
    {
        json.WriteString("type", type);
        json.WriteString(member, value);
    }

    /// <summary>What is no object becomes a member of one, as in a whole answer; it has to be complete for that.</summary>
    private bool IsWrapped(ToolCallBlock call, string fragment)
    {
        if (!_hasInput)
        {
            var begin = fragment.AsSpan().TrimStart(" \t\r\n");
            _hasInput = !begin.IsEmpty;
            return call.Kind == ToolCallKind.Custom || (_hasInput && begin[0] != '{');
        }

        return _wrapped is not null;
    }

    private void EndInput(IBufferWriter<byte> output)
    {
        if (_open is ToolCallBlock { Kind: ToolCallKind.Custom })
        {
            _wrapped ??= new StringBuilder();
        }

        if (_wrapped is not null)
        {
            var json = Begin(output, "content_block_delta"u8);
            json.WriteNumber("index", _index);
            json.WriteStartObject("delta");
            WriteDelta(json, "input_json_delta", "partial_json", $$"""{"input":{{WireWriting.ToRaw(_wrapped.ToString())}}}""");
            json.WriteEndObject();
            End(output, json);
        }

        _wrapped = null;
        _hasInput = false;
    }

    private void WriteEnd(IBufferWriter<byte> output)
    {
        var json = Begin(output, "message_delta"u8);
        json.WriteStartObject("delta");
        json.WriteString("stop_reason", AnthropicWords.FromFinish(_finish));
        json.WriteStringOrNull("stop_sequence", _finish.StopText);
        AnthropicResponseWriter.WriteExplanation(json, _finish);
        json.WriteEndObject();
        AnthropicUsage.Write(json, _usage, _usageExtensions);
        End(output, json);
        End(output, Begin(output, "message_stop"u8));
    }
}
