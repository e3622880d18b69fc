using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes <c>chat.completion.chunk</c>s, the usage chunk where the client asked for it, and <c>[DONE]</c>.</summary>
internal sealed class ChatStreamWriter(WriteContext context) : IStreamWriter
{
    private readonly SseOutput _sse = new();
    private readonly Dictionary<int, ChatChoiceWriter> _choices = [];
    private MessageStart _start = new();
    private UsageUpdate? _usage;
    private int _events;

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case MessageStart start:
                _start = start;
                _usage = start.Usage is { } known ? new UsageUpdate(known) : null;
                // The first bytes tell the client at once that the answer has begun.
                WriteChoice(output, 0, ChoiceOf(0), ChatChoiceWriter.Role);
                break;
            case UsageUpdate usage:
                _usage = usage;
                break;
            case BlockEvent block:
                WriteBlock(output, block);
                break;
            case LogprobsFound found:
                WriteChoice(output, found.Choice, ChoiceOf(found.Choice), found);
                break;
            case GroundingFound found:
                WriteChoice(output, found.Choice, ChoiceOf(found.Choice), found);
                break;
            case ChoiceFinish finish:
                WriteChoice(output, finish.Choice, ChoiceOf(finish.Choice), finish);
                break;
            case MessageStop:
                WriteEnd(output);
                break;
            case StreamFailure failure:
                OpenAIChatErrorFormat.Instance.WriteStreamEvent(output, failure.Error, context.RequestId, ResponseFraming.Sse, _events);
                break;
            default:
                output.Write(OpenAIChatErrorFormat.Instance.KeepAlive(ResponseFraming.Sse));
                break;
        }
    }

    public void Dispose() => _sse.Dispose();

    private void WriteBlock(IBufferWriter<byte> output, BlockEvent block)
    {
        var isNew = !_choices.ContainsKey(block.Choice);
        var choice = ChoiceOf(block.Choice);
        if (isNew)
        {
            WriteChoice(output, block.Choice, choice, ChatChoiceWriter.Role);
        }

        if (choice.Takes(block))
        {
            WriteChoice(output, block.Choice, choice, block);
        }
    }

    private ChatChoiceWriter ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new ChatChoiceWriter(context);
        }

        return choice;
    }

    private void WriteChoice(IBufferWriter<byte> output, int index, ChatChoiceWriter choice, StreamEvent streamEvent)
    {
        var json = BeginChunk(output);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        choice.Write(json, streamEvent);
        json.WriteEndObject();
        json.WriteEndArray();
        if (context.IncludeUsage)
        {
            json.WriteNull("usage");
        }

        EndChunk(output, json);
    }

    private void WriteEnd(IBufferWriter<byte> output)
    {
        if (context.IncludeUsage && _usage is not null)
        {
            var json = BeginChunk(output);
            json.WriteStartArray("choices");
            json.WriteEndArray();
            ChatUsage.Write(json, _usage.Usage, _usage.Extensions);
            EndChunk(output, json);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    private Utf8JsonWriter BeginChunk(IBufferWriter<byte> output)
    {
        _events++;
        var json = _sse.Begin(output);
        json.WriteStartObject();
        json.WriteString("id", ChatIds.Of(_start.Id, context));
        json.WriteString("object", "chat.completion.chunk");
        json.WriteNumber("created", _start.Created ?? context.Created);
        json.WriteString("model", context.Model ?? _start.Model);
        json.WriteIf("service_tier", _start.ServiceTier is { } tier ? ChatWords.FromTier(tier) : null);
        json.WriteExtensions(_start.Extensions, context.Target);
        return json;
    }

    private void EndChunk(IBufferWriter<byte> output, Utf8JsonWriter json)
    {
        json.WriteEndObject();
        _sse.End(output);
    }
}
