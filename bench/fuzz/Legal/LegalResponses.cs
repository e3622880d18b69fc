using System.Text.Json;

namespace Sluice.Fuzz.Legal;

/// <summary>Numbered events; items and their parts one inside the other; one end.</summary>
internal sealed class LegalResponses : LegalStream
{
    private int _sequence;
    private int _items;
    private string? _item;
    private int _part = -1;

    protected override void Take(string name, JsonElement data)
    {
        var type = data.GetProperty("type").GetString()!;
        ViolationException.Unless(name == type, "the event's name is not its type");
        ViolationException.Unless(type == "error" || data.GetProperty("sequence_number").GetInt32() == _sequence, "the events are not numbered in order");
        ViolationException.Unless(_sequence > 0 || type is "response.created" or "error", "the first event is not response.created");
        _sequence++;
        switch (type)
        {
            case "response.created" or "response.in_progress":
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                ViolationException.Unless(_item is null, "an item has no end");
                ViolationException.Unless(data.GetProperty("response").GetProperty("output").GetArrayLength() == _items, "the end does not repeat all items");
                Ended = true;
                break;
            case "error":
                Ended = true;
                break;
            case "response.output_item.added":
                ViolationException.Unless(_item is null && data.GetProperty("output_index").GetInt32() == _items, "an item begins in an item");
                _item = IdOf(data);
                break;
            case "response.output_item.done":
                ViolationException.Unless(_part < 0 && IdOf(data) == _item, "the end of another item, or a part is open");
                ViolationException.Unless(data.GetProperty("output_index").GetInt32() == _items++, "the end of another item");
                _item = null;
                break;
            default:
                TakeInside(type, data);
                break;
        }
    }

    /// <summary>Items that only their owner knows may have none.</summary>
    private static string IdOf(JsonElement data) => data.GetProperty("item").TryGetProperty("id", out var id) ? Text(id) : "";

    private void TakeInside(string type, JsonElement data)
    {
        ViolationException.Unless(_item is not null && data.GetProperty("item_id").GetString() == _item, $"{type} outside its item");
        switch (type)
        {
            case "response.content_part.added":
                ViolationException.Unless(_part < 0, "a part begins in a part");
                _part = data.GetProperty("content_index").GetInt32();
                break;
            case "response.content_part.done":
                ViolationException.Unless(_part == data.GetProperty("content_index").GetInt32(), "the end of another part");
                _part = -1;
                break;
            case "response.output_text.delta" or "response.output_text.done" or "response.refusal.delta" or "response.refusal.done" or "response.output_text.annotation.added":
                ViolationException.Unless(_part == data.GetProperty("content_index").GetInt32(), $"{type} outside its part");
                break;
            default:
                break;
        }
    }
}
