using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// Reads the events of a streamed response. Everything comes several times, in deltas, in the end of its part, in the end of
/// its item and in the end of the response; what has not come by an earlier event is taken from a later one.
/// </summary>
internal sealed class ResponsesStreamReader(Owner owner) : SseStreamReader
{
    private readonly Dictionary<int, ResponsesStreamItem> _items = [];
    private bool _started;
    private int _blocks;

    protected override void OnEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data, ICollection<StreamEvent> events)
    {
        if (data.Span.StartsWith("[DONE]"u8))
        {
            // Not OpenAI's; the response has told its end before.
            return;
        }

        var cursor = new JsonCursor(data, copies: true);
        var type = cursor.PeekType();
        switch (type)
        {
            case "response.created" or "response.queued" or "response.in_progress":
                ReadStart(cursor, events);
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                ReadEnd(cursor, events);
                break;
            case "error":
                Fail(UpstreamErrors.Reported(ReadErrorCode(cursor)), events);
                break;
            default:
                ReadItemEvent(ResponsesStreamEvent.Read(ref cursor, owner), type, events);
                break;
        }
    }

    /// <summary>Documented flat; some upstreams nest it as in Chat Completions.</summary>
    private static string ReadErrorCode(JsonCursor cursor)
    {
        var nested = cursor;
        return nested.Find("error"u8) && nested.IsObject
            ? ResponsesResponseReader.ReadErrorCode(nested)
            : cursor.Find("code"u8) && cursor.IsString ? cursor.ReadString() : "";
    }

    private void ReadStart(JsonCursor cursor, ICollection<StreamEvent> events)
    {
        if (_started || _blocks > 0 || !cursor.Find("response"u8) || !cursor.IsObject)
        {
            events.Add(new Ping());
            return;
        }

        Start(ResponsesResponseReader.Read(ref cursor, owner, out _), events);
    }

    private void Start(ChatResponse response, ICollection<StreamEvent> events)
    {
        _started = true;
        events.Add(new MessageStart
        {
            Id = response.Id,
            Model = response.Model,
            Created = response.Created,
            Usage = response.Usage,
            ServiceTier = response.ServiceTier,
            Extensions = [.. response.Extensions.Where(extension => !ResponsesUsage.IsUsage(extension))],
        });
    }

    private void ReadEnd(JsonCursor cursor, ICollection<StreamEvent> events)
    {
        if (!cursor.Find("response"u8) || !cursor.IsObject)
        {
            throw new WireFormatException("an event has no response", "response");
        }

        var response = ResponsesResponseReader.Read(ref cursor, owner, out var failure);
        if (!_started && _blocks == 0)
        {
            Start(response, events);
        }

        if (failure is not null)
        {
            Fail(UpstreamErrors.Reported(failure), events);
            return;
        }

        var choice = response.Choices[0];
        if (_blocks == 0)
        {
            AddWhole(choice, events);
        }

        events.Add(new ChoiceFinish(0, choice.Finish));
        if (response.Usage is { } usage)
        {
            events.Add(new UsageUpdate(usage) { Extensions = [.. response.Extensions.Where(ResponsesUsage.IsUsage)] });
        }

        Ended = true;
        events.Add(new MessageStop());
    }

    /// <summary>For upstreams that tell the answer in the last event alone.</summary>
    private static void AddWhole(ChatChoice choice, ICollection<StreamEvent> events)
    {
        foreach (var told in ResponseEvents.Of(new ChatResponse { Choices = [choice] }))
        {
            if (told is BlockEvent or LogprobsFound)
            {
                events.Add(told);
            }
        }
    }

    private void ReadItemEvent(ResponsesStreamEvent found, string type, ICollection<StreamEvent> events)
    {
        var item = ItemOf(found.OutputIndex);
        switch (type)
        {
            case "response.output_item.added":
                item.Begin(found.Blocks, found.ItemId, found.Members, events);
                break;
            case "response.content_part.added":
                item.BeginPart(found.ContentIndex, found.Part, events);
                break;
            case "response.output_text.delta":
                item.AddText(found.ContentIndex, new TextBlock(""), found.Delta, events);
                item.AddLogprobs(found.ContentIndex, found.Logprobs, events);
                break;
            case "response.refusal.delta":
                item.AddText(found.ContentIndex, new RefusalBlock(""), found.Delta, events);
                break;
            case "response.output_text.annotation.added" when found.Annotation is { } citation:
                item.AddCitation(found.ContentIndex, citation, events);
                break;
            case "response.output_text.done":
                item.CompleteText(found.ContentIndex, new TextBlock(found.Text), events);
                item.CompleteLogprobs(found.ContentIndex, found.Logprobs, events);
                break;
            case "response.refusal.done":
                item.CompleteText(found.ContentIndex, new RefusalBlock(found.Text), events);
                break;
            case "response.content_part.done":
                item.EndPart(found.ContentIndex, found.Part, events);
                break;
            case "response.reasoning_text.delta":
                item.AddThought(found.Delta, events);
                break;
            case "response.reasoning_summary_text.delta":
                item.AddSummary(found.SummaryIndex, found.Delta, events);
                break;
            case "response.reasoning_summary_text.done":
                item.CompleteSummary(found.SummaryIndex, found.Text, events);
                break;
            case "response.function_call_arguments.delta" or "response.custom_tool_call_input.delta":
                item.AddArguments(found.Delta, events);
                break;
            case "response.function_call_arguments.done" or "response.custom_tool_call_input.done":
                item.CompleteArguments(found.Text, events);
                break;
            case "response.output_item.done":
                item.End(found.Blocks, found.ItemId, found.Members, found.Logprobs, events);
                break;
            case "response.reasoning_text.done" or "response.reasoning_summary_part.added" or "response.reasoning_summary_part.done":
                break;
            default:
                // Whatever it is that the upstream tells, such as the progress of its own tools, it is alive.
                events.Add(new Ping());
                break;
        }
    }

    private ResponsesStreamItem ItemOf(int outputIndex)
    {
        if (!_items.TryGetValue(outputIndex, out var item))
        {
            _items[outputIndex] = item = new ResponsesStreamItem(() => _blocks++);
        }

        return item;
    }
}
