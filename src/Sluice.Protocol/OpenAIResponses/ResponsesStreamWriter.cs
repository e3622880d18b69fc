using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// Writes the events of a streamed response: an item is begun, filled and ended, a message part by part, and the last event
/// repeats the whole answer.
/// </summary>
/// <remarks>
/// The end of a text waits for what follows: another text may belong to the same message, and probabilities and groundings
/// come after the text that they are about.
/// </remarks>
internal sealed class ResponsesStreamWriter(WriteContext context) : IStreamWriter
{
    private readonly SseOutput _sse = new();
    private readonly ResponsesAnswerItems _items = new(context);
    private readonly List<RawJson> _written = [];
    private ResponsesEnvelope _envelope = new(context, new MessageStart());
    private ResponsesOpenItem? _open;
    private bool _isPassedOver;
    private Finish _finish = new(FinishReason.Stop);
    private TokenUsage? _usage;
    private IReadOnlyList<Extension> _usageExtensions = [];
    private Grounding? _grounding;
    private bool _hasRefusal;
    private int _offset;
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
            case LogprobsFound { Choice: 0 } found:
                _open?.AddLogprobs(found.Tokens);
                break;
            case GroundingFound { Choice: 0 } found:
                _grounding = found.Grounding;
                break;
            case UsageUpdate usage:
                _usage = usage.Usage;
                _usageExtensions = usage.Extensions;
                break;
            case ChoiceFinish { Choice: 0 } finish:
                _finish = finish.Finish;
                EndItem(output, isLast: true);
                break;
            case MessageStop:
                WriteEnd(output);
                break;
            case StreamFailure failure:
                OpenAIResponsesErrorFormat.Instance.WriteStreamEvent(output, failure.Error, context.RequestId, ResponseFraming.Sse, _events);
                break;
            case Ping:
                output.Write(OpenAIResponsesErrorFormat.Instance.KeepAlive(ResponseFraming.Sse));
                break;
            default:
                // Further choices have no place here.
                break;
        }
    }

    private Utf8JsonWriter Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        var json = _sse.Begin(output, name);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        json.WriteNumber("sequence_number", _events++);
        return json;
    }

    private Utf8JsonWriter BeginOfItem(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ResponsesOpenItem item)
    {
        var json = Begin(output, name);
        json.WriteString("item_id", item.Id);
        json.WriteNumber("output_index", item.Place);
        return json;
    }

    private Utf8JsonWriter BeginOfPart(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ResponsesOpenItem item)
    {
        var json = BeginOfItem(output, name, item);
        json.WriteNumber("content_index", item.Parts.Count);
        return json;
    }

    private void End(IBufferWriter<byte> output, Utf8JsonWriter json)
    {
        json.WriteEndObject();
        _sse.End(output);
    }

    private void WriteStart(IBufferWriter<byte> output, MessageStart start)
    {
        _envelope = new ResponsesEnvelope(context, start);
        _usage = start.Usage;
        WriteBeginning(output, "response.created"u8);
        WriteBeginning(output, "response.in_progress"u8);
    }

    private void WriteBeginning(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        var json = Begin(output, name);
        json.WritePropertyName("response");
        _envelope.WriteBeginning(json);
        End(output, json);
    }

    private void WriteBlock(IBufferWriter<byte> output, BlockEvent block)
    {
        switch (block)
        {
            case BlockStart start:
                _isPassedOver = !_items.Shows(start.Content);
                if (!_isPassedOver)
                {
                    BeginBlock(output, start.Content);
                }

                break;
            case BlockDelta delta when !_isPassedOver && _open is { Current: not null } open:
                WriteDelta(output, open, delta);
                break;
            case BlockStop when _open is { IsMessage: false }:
                EndItem(output, isLast: false);
                break;
            default:
                break;
        }
    }

    private void BeginBlock(IBufferWriter<byte> output, ContentBlock content)
    {
        if (_open is { IsMessage: true } open && ResponsesItems.Joins(open.Last, content))
        {
            EndPart(output, open, isLast: false);
            open.BeginPart(content);
            BeginPart(output, open, content);
            return;
        }

        EndItem(output, isLast: false);
        BeginItem(output, _items.WithCallId(content));
    }

    private void BeginItem(IBufferWriter<byte> output, ContentBlock content)
    {
        var item = new ResponsesOpenItem(ResponsesIds.OfItem(content, _written.Count, context), _written.Count, content);
        _open = item;
        var json = Begin(output, "response.output_item.added"u8);
        json.WriteNumber("output_index", item.Place);
        json.WritePropertyName("item");
        if (item.IsMessage || content is ReasoningBlock or ToolCallBlock)
        {
            _items.WriteBeginning(json, content, item.Id);
        }
        else
        {
            _items.Write(json, [content], item.Id, []);
        }

        End(output, json);
        if (item.IsMessage)
        {
            BeginPart(output, item, content);
        }
    }

    private void BeginPart(IBufferWriter<byte> output, ResponsesOpenItem item, ContentBlock content)
    {
        _hasRefusal |= content is RefusalBlock;
        WritePart(output, "response.content_part.added"u8, item, content is TextBlock text ? text with { Text = "", Citations = [] } : content, []);
    }

    private void WritePart(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ResponsesOpenItem item, ContentBlock part, IReadOnlyList<TokenLogprob> logprobs)
    {
        var json = BeginOfPart(output, name, item);
        json.WritePropertyName("part");
        ResponsesAnswerParts.Write(json, part, logprobs, context.Target);
        End(output, json);
    }

    private void WriteDelta(IBufferWriter<byte> output, ResponsesOpenItem item, BlockDelta delta)
    {
        switch (delta)
        {
            case TextDelta text when item.Current is ReasoningBlock reasoning:
                WriteThought(output, item, reasoning, text.Text);
                break;
            case TextDelta { Text.Length: > 0 } text:
                WriteText(output, item, text.Text);
                break;
            case SummaryDelta summary:
                WriteSummary(output, item, summary.Part, summary.Text);
                break;
            case ArgumentsDelta { Fragment.Length: > 0 } arguments:
                WriteArguments(output, item, arguments.Fragment);
                break;
            case SignatureDelta signature when item.Current is ReasoningBlock:
                item.Sign(signature.Signature);
                break;
            case CitationDelta citation:
                WriteCitation(output, item, citation.Citation);
                break;
            default:
                break;
        }
    }

    private void WriteText(IBufferWriter<byte> output, ResponsesOpenItem item, string text)
    {
        item.AddText(text);
        var isText = item.Current is TextBlock;
        var json = BeginOfPart(output, isText ? "response.output_text.delta"u8 : "response.refusal.delta"u8, item);
        json.WriteString("delta", text);
        if (isText)
        {
            // All of them follow with the end of the text.
            json.WriteStartArray("logprobs");
            json.WriteEndArray();
        }

        End(output, json);
    }

    private void WriteCitation(IBufferWriter<byte> output, ResponsesOpenItem item, Citation citation)
    {
        var json = BeginOfPart(output, "response.output_text.annotation.added"u8, item);
        json.WriteNumber("annotation_index", item.Citations);
        json.WritePropertyName("annotation");
        ResponsesCitations.Write(json, citation, ResponsesCitations.LengthOf(item.Text));
        End(output, json);
        item.AddCitation(citation);
    }

    /// <summary>Thoughts of another vendor are told as a summary, which every client shows.</summary>
    private void WriteThought(IBufferWriter<byte> output, ResponsesOpenItem item, ReasoningBlock reasoning, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (!ResponsesReasoning.IsOwn(reasoning))
        {
            WriteSummary(output, item, 0, text);
            return;
        }

        item.AddText(text);
        var json = BeginOfPart(output, "response.reasoning_text.delta"u8, item);
        json.WriteString("delta", text);
        End(output, json);
    }

    private void WriteSummary(IBufferWriter<byte> output, ResponsesOpenItem item, int part, string text)
    {
        while (item.Summaries <= part)
        {
            EndSummary(output, item);
            item.BeginSummary();
            WriteSummaryPart(output, "response.reasoning_summary_part.added"u8, item, "");
        }

        item.AddSummary(part, text);
        var json = BeginOfItem(output, "response.reasoning_summary_text.delta"u8, item);
        json.WriteNumber("summary_index", part);
        json.WriteString("delta", text);
        End(output, json);
    }

    private void EndSummary(IBufferWriter<byte> output, ResponsesOpenItem item)
    {
        if (item.Summaries == 0)
        {
            return;
        }

        var text = item.SummaryOf(item.Summaries - 1);
        var json = BeginOfItem(output, "response.reasoning_summary_text.done"u8, item);
        json.WriteNumber("summary_index", item.Summaries - 1);
        json.WriteString("text", text);
        End(output, json);
        WriteSummaryPart(output, "response.reasoning_summary_part.done"u8, item, text);
    }

    private void WriteSummaryPart(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ResponsesOpenItem item, string text)
    {
        var json = BeginOfItem(output, name, item);
        json.WriteNumber("summary_index", item.Summaries - 1);
        json.WriteStartObject("part");
        json.WriteString("type", "summary_text");
        json.WriteString("text", text);
        json.WriteEndObject();
        End(output, json);
    }

    private void WriteArguments(IBufferWriter<byte> output, ResponsesOpenItem item, string fragment)
    {
        item.AddText(fragment);
        var isCustom = item.Current is ToolCallBlock { Kind: ToolCallKind.Custom };
        var json = BeginOfItem(output, isCustom ? "response.custom_tool_call_input.delta"u8 : "response.function_call_arguments.delta"u8, item);
        json.WriteString("delta", fragment);
        End(output, json);
    }

    private void EndPart(IBufferWriter<byte> output, ResponsesOpenItem item, bool isLast)
    {
        if (item.Current is TextBlock)
        {
            var length = ResponsesCitations.LengthOf(item.Text);
            foreach (var citation in _grounding is null ? [] : ResponsesCitations.Of(_grounding, _offset, length, isLast))
            {
                WriteCitation(output, item, citation);
            }

            _offset += length;
            var json = BeginOfPart(output, "response.output_text.done"u8, item);
            json.WriteString("text", item.Text);
            ChatLogprobs.WriteTokens(json, "logprobs", item.Logprobs, withTop: true);
            End(output, json);
        }
        else if (item.Current is RefusalBlock)
        {
            var json = BeginOfPart(output, "response.refusal.done"u8, item);
            json.WriteString("refusal", item.Text);
            End(output, json);
        }

        WritePart(output, "response.content_part.done"u8, item, item.Whole(), item.Logprobs);
        item.EndPart();
    }

    private void EndItem(IBufferWriter<byte> output, bool isLast)
    {
        if (_open is not { } item)
        {
            return;
        }

        _open = null;
        if (item.IsMessage)
        {
            EndPart(output, item, isLast);
        }

        EndText(output, item);
        Written(item.IsMessage ? item.Parts : [item.Whole()], item);
        var json = Begin(output, "response.output_item.done"u8);
        json.WriteNumber("output_index", item.Place);
        json.WriteRaw("item", _written[^1]);
        End(output, json);
    }

    private void EndText(IBufferWriter<byte> output, ResponsesOpenItem item)
    {
        switch (item.Current)
        {
            case ReasoningBlock reasoning:
                EndSummary(output, item);
                if (ResponsesReasoning.IsOwn(reasoning) && item.Text.Length > 0)
                {
                    var thoughts = BeginOfPart(output, "response.reasoning_text.done"u8, item);
                    thoughts.WriteString("text", item.Text);
                    End(output, thoughts);
                }

                break;
            case ToolCallBlock call:
                var isCustom = call.Kind == ToolCallKind.Custom;
                var json = BeginOfItem(output, isCustom ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8, item);
                json.WriteIf("name", isCustom ? null : call.Name);
                json.WriteString(isCustom ? "input" : "arguments", item.Text);
                End(output, json);
                break;
            default:
                break;
        }
    }

    /// <summary>Keeps the item, which the event of its end and the last event of the stream both repeat.</summary>
    private void Written(IReadOnlyList<ContentBlock> blocks, ResponsesOpenItem item)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WireWriting.Options))
        {
            _items.Write(json, blocks, item.Id, item.AllLogprobs);
        }

        _written.Add(new RawJson(buffer.WrittenMemory));
    }

    private void WriteEnd(IBufferWriter<byte> output)
    {
        if (_finish is { Reason: FinishReason.ContentFilter, Explanation: { } explanation } && !_hasRefusal)
        {
            BeginBlock(output, new RefusalBlock(""));
            WriteText(output, _open!, explanation);
        }

        EndItem(output, isLast: true);
        var json = Begin(output, ResponsesWords.FromFinish(_finish).Status switch
        {
            ResponsesWords.Incomplete => "response.incomplete"u8,
            ResponsesWords.Failed or "cancelled" => "response.failed"u8,
            _ => "response.completed"u8,
        });
        json.WritePropertyName("response");
        _envelope.WriteEnd(json, _finish, _usage, _usageExtensions, WriteItems);
        End(output, json);
    }

    private void WriteItems(Utf8JsonWriter json)
    {
        foreach (var item in _written)
        {
            json.WriteRaw(item);
        }
    }
}
