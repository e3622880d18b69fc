using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// Writes the events of a streamed message. The reason of the end and the usage stand in one event near the end, so that
/// both are kept until the message stops.
/// </summary>
internal sealed class AnthropicStreamWriter(WriteContext context) : IStreamWriter
{
    private readonly SseOutput _sse = new();
    private readonly AnthropicAnswerBlocks _blocks = new(context);
    private ContentBlock? _open;
    private Finish _finish = new(FinishReason.Stop);
    private TokenUsage _usage;
    private IReadOnlyList<Extension> _usageExtensions = [];
    private int _index;
    private int _lastPart;
    private bool _isSigned;
    private int _events;

    public void Dispose() => _sse.Dispose();

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
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
                // Probabilities, further choices and groundings have no place here.
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
            case BlockStop when _open is not null:
                if (_open is ReasoningBlock { Redacted: false } && !_isSigned && context.Unsigned is { } unsigned)
                {
                    WriteDelta(output, new SignatureDelta(0, _index, unsigned));
                }

                _open = null;
                var json = Begin(output, "content_block_stop"u8);
                json.WriteNumber("index", _index++);
                End(output, json);
                break;
            default:
                break;
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

    private void WriteEnd(IBufferWriter<byte> output)
    {
        var json = Begin(output, "message_delta"u8);
        json.WriteStartObject("delta");
        json.WriteString("stop_reason", AnthropicWords.FromFinish(_finish));
        json.WriteStringOrNull("stop_sequence", _finish.StopText);
        json.WriteEndObject();
        AnthropicUsage.Write(json, _usage, _usageExtensions);
        End(output, json);
        End(output, Begin(output, "message_stop"u8));
    }
}
