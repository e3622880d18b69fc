using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Reads the events of a streamed message. Unknown events and deltas are passed over, as Anthropic asks of clients.</summary>
internal sealed class AnthropicStreamReader(Owner owner) : SseStreamReader
{
    private readonly StringBuilder _serverInput = new();
    private TokenUsage _usage;
    private int _pendingInput = -1;
    private string _startInput = "";
    private ServerToolCallBlock? _serverCall;
    private int _serverBlock;

    protected override void OnEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data, ICollection<StreamEvent> events)
    {
        var cursor = new JsonCursor(data, copies: true);
        switch (cursor.PeekType())
        {
            case "message_start":
                events.Add(ReadStart(ref cursor));
                break;
            case "content_block_start":
                ReadBlockStart(cursor, events);
                break;
            case "content_block_delta":
                ReadDelta(cursor, events);
                break;
            case "content_block_stop":
                EndBlock(IndexOf(cursor), events);
                break;
            case "message_delta":
                ReadMessageDelta(ref cursor, events);
                break;
            case "message_stop":
                Ended = true;
                events.Add(new MessageStop());
                break;
            case "ping":
                events.Add(new Ping());
                break;
            case "error":
                Fail(UpstreamErrors.Reported(AnthropicResponseReader.ReadErrorType(cursor)), events);
                break;
            default:
                break;
        }
    }

    private MessageStart ReadStart(ref JsonCursor cursor)
    {
        var start = new MessageStart();
        var extensions = new List<Extension>();
        if (!cursor.Find("message"u8))
        {
            return start;
        }

        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "id":
                    start = start with { Id = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "model":
                    start = start with { Model = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "usage" when cursor.IsObject && AnthropicResponseReader.ReadUsage(ref cursor, extensions) is { } usage:
                    _usage = usage;
                    start = start with { Usage = usage };
                    break;
                case "type" or "role" or "content" or "stop_reason" or "stop_sequence" or "usage":
                    cursor.Skip();
                    break;
                default:
                    AnthropicWords.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return start with { Extensions = extensions };
    }

    private static int IndexOf(JsonCursor cursor) => cursor.Find("index"u8) ? cursor.ReadCountOrNull() ?? 0 : 0;

    private void ReadBlockStart(JsonCursor cursor, ICollection<StreamEvent> events)
    {
        var index = IndexOf(cursor);
        if (!cursor.Find("content_block"u8) || !cursor.IsObject)
        {
            throw new WireFormatException("a content block has no content", "content_block");
        }

        _pendingInput = -1;
        switch (AnthropicBlockReader.ReadBlock(ref cursor, owner))
        {
            case ToolCallBlock call:
                events.Add(new BlockStart(0, index, call with { Arguments = default }));
                // Where the input stands here, it only counts when no deltas bring it.
                _pendingInput = index;
                _startInput = call.Arguments.ToString();
                break;
            case ServerToolCallBlock call:
                _serverCall = call;
                _serverBlock = index;
                _serverInput.Clear();
                break;
            case TextBlock text:
                events.Add(new BlockStart(0, index, text with { Text = "", Citations = [] }));
                AddText(index, text.Text, events);
                break;
            case ReasoningBlock { Redacted: false } thinking:
                events.Add(new BlockStart(0, index, thinking with { Text = "", Signature = null }));
                AddText(index, thinking.Text, events);
                break;
            case var whole:
                events.Add(new BlockStart(0, index, whole));
                break;
        }
    }

    private static void AddText(int index, string text, ICollection<StreamEvent> events)
    {
        if (text.Length > 0)
        {
            events.Add(new TextDelta(0, index, text));
        }
    }

    private void ReadDelta(JsonCursor cursor, ICollection<StreamEvent> events)
    {
        var index = IndexOf(cursor);
        if (!cursor.Find("delta"u8) || !cursor.IsObject)
        {
            return;
        }

        switch (cursor.PeekType())
        {
            case "text_delta" when cursor.Find("text"u8):
                AddText(index, cursor.ReadString(), events);
                break;
            case "thinking_delta" when cursor.Find("thinking"u8):
                AddText(index, cursor.ReadString(), events);
                break;
            case "input_json_delta" when cursor.Find("partial_json"u8):
                AddInput(index, cursor.ReadString(), events);
                break;
            case "signature_delta" when cursor.Find("signature"u8):
                AddSignature(index, cursor.ReadString(), events);
                break;
            case "citations_delta" when cursor.Find("citation"u8):
                events.Add(new CitationDelta(0, index, AnthropicCitations.ReadOne(ref cursor, owner)));
                break;
            default:
                break;
        }
    }

    private void AddInput(int index, string fragment, ICollection<StreamEvent> events)
    {
        if (fragment.Length == 0)
        {
            return;
        }

        if (_serverCall is not null && index == _serverBlock)
        {
            _serverInput.Append(fragment);
            return;
        }

        _pendingInput = _pendingInput == index ? -1 : _pendingInput;
        events.Add(new ArgumentsDelta(0, index, fragment));
    }

    private void AddSignature(int index, string slot, ICollection<StreamEvent> events)
    {
        if (slot.Length > 0)
        {
            var signature = Signature.FromSlotOf(Dialect.AnthropicMessages, slot);
            events.Add(new SignatureDelta(0, index, signature.Owner == AnthropicWords.Owner ? signature with { Owner = owner } : signature));
        }
    }

    private void EndBlock(int index, ICollection<StreamEvent> events)
    {
        if (_serverCall is { } call && index == _serverBlock)
        {
            events.Add(new BlockStart(0, index, WithInput(call)));
            _serverCall = null;
        }
        else if (_pendingInput == index)
        {
            _pendingInput = -1;
            events.Add(new ArgumentsDelta(0, index, _startInput.Length > 0 ? _startInput : "{}"));
        }

        events.Add(new BlockStop(0, index));
    }

    /// <summary>The call with the input that came in pieces, as it would stand in a whole message.</summary>
    private ServerToolCallBlock WithInput(ServerToolCallBlock call)
    {
        if (_serverInput.Length == 0)
        {
            return call;
        }

        var input = RawJson.Of(_serverInput.ToString());
        if (!RawJson.IsValid(input.Span))
        {
            throw new WireFormatException("the input of a server tool is not JSON", "partial_json");
        }

        return call with { Input = input, Raw = AnthropicServerCall.WithInput(call.Raw, input) };
    }

    private void ReadMessageDelta(ref JsonCursor cursor, ICollection<StreamEvent> events)
    {
        var finish = new Finish(FinishReason.Stop);
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "delta" when cursor.IsObject:
                    ReadFinish(ref cursor, ref finish);
                    break;
                case "usage" when cursor.IsObject && AnthropicResponseReader.ReadUsage(ref cursor, extensions) is { } usage:
                    _usage = UsageReader.Merge(_usage, usage);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        if (finish.Native.Length > 0)
        {
            events.Add(new ChoiceFinish(0, finish));
        }

        events.Add(new UsageUpdate(_usage) { Extensions = extensions });
    }

    private static void ReadFinish(ref JsonCursor cursor, ref Finish finish)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (!AnthropicResponseReader.TryReadFinish(ref cursor, name, ref finish))
            {
                cursor.Skip();
            }
        }
    }
}
