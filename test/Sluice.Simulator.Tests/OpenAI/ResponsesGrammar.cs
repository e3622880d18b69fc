using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulator.Tests.OpenAI;

/// <summary>Checks the order of a Responses stream event by event, and collects what its deltas say.</summary>
internal sealed class ResponsesGrammar
{
    private static readonly string[] Endings = ["response.completed", "response.incomplete"];
    private readonly JsonArray _items = [];
    private string _text = "";
    private string? _open;
    private int _sequence;

    public JsonElement? Final { get; private set; }

    public JsonElement Items() => JsonSerializer.SerializeToElement(_items);

    public void Take(JsonElement e)
    {
        var type = e.GetProperty("type").GetString()!;
        e.GetProperty("sequence_number").GetInt32().ShouldBe(_sequence++);
        Final.ShouldBeNull("nothing follows the end");
        switch (_sequence)
        {
            case 1: type.ShouldBe("response.created"); return;
            case 2: type.ShouldBe("response.in_progress"); return;
        }

        if (Endings.Contains(type))
        {
            _open.ShouldBeNull();
            Final = e.GetProperty("response");
        }
        else if (type == "response.output_item.added")
        {
            _open.ShouldBeNull();
            _open = e.GetProperty("item").GetProperty("id").GetString();
            e.GetProperty("output_index").GetInt32().ShouldBe(_items.Count);
        }
        else if (type == "response.output_item.done")
        {
            e.GetProperty("item").GetProperty("id").GetString().ShouldBe(_open);
            _items.Add(JsonNode.Parse(e.GetProperty("item").GetRawText()));
            (_open, _text) = (null, "");
        }
        else
        {
            e.GetProperty("item_id").GetString().ShouldBe(_open);
            TakePart(type, e);
        }
    }

    private void TakePart(string type, JsonElement e)
    {
        if (type.EndsWith(".delta", StringComparison.Ordinal))
        {
            _text += e.GetProperty("delta").GetString();
        }
        else if (type.EndsWith("part.added", StringComparison.Ordinal))
        {
            _text.ShouldBe("");
        }
        else if (type.EndsWith("part.done", StringComparison.Ordinal))
        {
            e.GetProperty("part").GetProperty("text").GetString().ShouldBe(_text);
        }
        else
        {
            var member = type switch
            {
                "response.function_call_arguments.done" => "arguments",
                "response.custom_tool_call_input.done" => "input",
                "response.output_text.done" or "response.reasoning_summary_text.done" => "text",
                _ => throw new ArgumentOutOfRangeException(nameof(type), type),
            };
            e.GetProperty(member).GetString().ShouldBe(_text);
        }
    }
}
