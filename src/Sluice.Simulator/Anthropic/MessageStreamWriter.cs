using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Writes the events of a streamed message.</summary>
internal sealed class MessageStreamWriter(Call call, Answer answer, AnthropicUsage? usage)
{
    /// <summary>Anthropic sends a few tokens an event.</summary>
    private const int TokensPerDelta = 3;

    private readonly FrameList _frames = new();
    private readonly SeededRandom _ids = call.Ids();
    private int _index;

    public IReadOnlyList<StreamFrame> Write()
    {
        WriteStart();
        if (ThinkingBlock.Of(call, answer) is { } thinking)
        {
            WriteThinking(thinking);
        }

        if (answer.Text.Length > 0)
        {
            Block(
                json =>
                {
                    json.WriteString("type", "text");
                    json.WriteString("text", "");
                },
                () => Deltas(answer.Text, "text_delta", "text"));
        }

        foreach (var tool in answer.Calls)
        {
            var id = SimulatedId.Anthropic(_ids, "toolu_");
            Block(
                json => MessageWriter.WriteToolUse(json, tool, id, "{}"),
                () =>
                {
                    // The first fragment is always empty.
                    Delta("input_json_delta", "partial_json", "");
                    Deltas(tool.Arguments, "input_json_delta", "partial_json");
                });
        }

        WriteEnd();
        return _frames.Frames;
    }

    private void WriteStart() => Event("message_start", FrameKind.Structure, json =>
    {
        json.WriteStartObject("message");
        MessageWriter.WriteHead(json, call, SimulatedId.Anthropic(_ids, "msg_"));
        json.WriteStartArray("content");
        json.WriteEndArray();
        json.WriteNull("stop_reason");
        json.WriteNull("stop_sequence");
        json.WriteNull("stop_details");
        usage?.Write(json, outputSoFar: 1);
        json.WriteEndObject();
    });

    private void WriteThinking(ThinkingBlock thinking) => Block(
        json => thinking.Write(json, begins: true),
        () =>
        {
            if (!thinking.Redacted)
            {
                Deltas(thinking.Text, "thinking_delta", "thinking");
                Delta("signature_delta", "signature", thinking.Seal);
            }
        });

    private void WriteEnd()
    {
        Event("message_delta", FrameKind.Structure, json =>
        {
            json.WriteStartObject("delta");
            json.WriteString("stop_reason", Messages.StopReason(answer));
            json.WriteString("stop_sequence", answer.StopSequence);
            json.WriteNull("stop_details");
            json.WriteEndObject();
            usage?.WriteDelta(json);
        });
        Event("message_stop", FrameKind.Structure, _ => { });
    }

    private void Block(Action<Utf8JsonWriter> writeStart, Action writeDeltas)
    {
        Event("content_block_start", FrameKind.Structure, json =>
        {
            json.WriteNumber("index", _index);
            json.WriteStartObject("content_block");
            writeStart(json);
            json.WriteEndObject();
        });
        if (_index == 0)
        {
            Event("ping", FrameKind.Structure, _ => { });
        }

        writeDeltas();
        Event("content_block_stop", FrameKind.Structure, json => json.WriteNumber("index", _index));
        _index++;
    }

    private void Deltas(string text, string type, string member)
    {
        foreach (var piece in Tokenizer.Split(text, TokensPerDelta))
        {
            Delta(type, member, piece);
        }
    }

    private void Delta(string type, string member, string value) => Event("content_block_delta", FrameKind.Token, json =>
    {
        json.WriteNumber("index", _index);
        json.WriteStartObject("delta");
        json.WriteString("type", type);
        json.WriteString(member, value);
        json.WriteEndObject();
    });

    private void Event(string type, FrameKind kind, Action<Utf8JsonWriter> write) => _frames.AddEvent(type, kind, json =>
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        write(json);
        json.WriteEndObject();
    });
}
