using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulator.Tests.Anthropic;

/// <summary>Checks the order of a Messages stream event by event, and adds the deltas up to a message.</summary>
internal sealed class MessagesGrammar
{
    private JsonObject? _message;
    private JsonObject? _block;
    private string _json = "";
    private bool _delta;

    public bool Ended { get; private set; }

    public JsonElement Message() => JsonSerializer.SerializeToElement(_message);

    public void Take(JsonElement e)
    {
        Ended.ShouldBeFalse("nothing follows message_stop");
        var type = e.GetProperty("type").GetString();
        if (_message is null)
        {
            type.ShouldBe("message_start");
            _message = JsonNode.Parse(e.GetProperty("message").GetRawText())!.AsObject();
            _message["content"]!.AsArray().ShouldBeEmpty();
            return;
        }

        switch (type)
        {
            case "ping":
                break;
            case "content_block_start":
                (_block is null && !_delta).ShouldBeTrue();
                e.GetProperty("index").GetInt32().ShouldBe(_message["content"]!.AsArray().Count);
                _block = JsonNode.Parse(e.GetProperty("content_block").GetRawText())!.AsObject();
                break;
            case "content_block_delta":
                Add(_block.ShouldNotBeNull(), e.GetProperty("delta"));
                break;
            case "content_block_stop":
                Close(_block.ShouldNotBeNull());
                break;
            case "message_delta":
                (_block is null && !_delta).ShouldBeTrue();
                _delta = true;
                Merge(_message, e.GetProperty("delta"));
                Merge(_message["usage"]!.AsObject(), e.GetProperty("usage"));
                break;
            default:
                type.ShouldBe("message_stop");
                (_delta && _block is null).ShouldBeTrue();
                Ended = true;
                break;
        }
    }

    private void Add(JsonObject block, JsonElement delta)
    {
        var member = delta.GetProperty("type").GetString() switch
        {
            "text_delta" => "text",
            "thinking_delta" => "thinking",
            "signature_delta" => "signature",
            "input_json_delta" => "partial_json",
            var other => throw new ArgumentOutOfRangeException(nameof(delta), other),
        };
        var piece = delta.GetProperty(member).GetString()!;
        if (member == "partial_json")
        {
            ((string)block["type"]!).ShouldBe("tool_use");
            _json += piece;
        }
        else
        {
            block[member] = (string)block[member]! + piece;
        }
    }

    private void Close(JsonObject block)
    {
        if ((string)block["type"]! == "tool_use")
        {
            block["input"] = JsonNode.Parse(_json);
        }

        _message!["content"]!.AsArray().Add(block.DeepClone());
        (_block, _json) = (null, "");
    }

    private static void Merge(JsonObject target, JsonElement source)
    {
        foreach (var member in source.EnumerateObject())
        {
            target[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
    }
}
