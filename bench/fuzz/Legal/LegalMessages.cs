using System.Text;
using System.Text.Json;

namespace Sluice.Fuzz.Legal;

/// <summary><c>message_start (content_block_start content_block_delta* content_block_stop)* message_delta message_stop</c>, or an error at any time.</summary>
internal sealed class LegalMessages : LegalStream
{
    private readonly StringBuilder _input = new();
    private string _open = "";
    private int _next;
    private bool _started;
    private bool _finished;
    private bool _broken;

    protected override void Take(string name, JsonElement data)
    {
        var type = data.GetProperty("type").GetString()!;
        ViolationException.Unless(name == type, "the event's name is not its type");
        ViolationException.Unless(_started != (type == "message_start") || type is "error" or "ping", "the start comes first and once");
        ViolationException.Unless(!_finished || type is "message_stop" or "ping" or "error", "content after message_delta");
        switch (type)
        {
            case "message_start":
                _started = true;
                break;
            case "content_block_start":
                ViolationException.Unless(_open.Length == 0, "a block begins in a block");
                ViolationException.Unless(data.GetProperty("index").GetInt32() == _next, "the blocks are not numbered in order");
                _open = Text(data.GetProperty("content_block").GetProperty("type"));
                _input.Clear();
                break;
            case "content_block_delta":
                ViolationException.Unless(_open.Length > 0 && data.GetProperty("index").GetInt32() == _next, "a delta outside its block");
                TakeDelta(data.GetProperty("delta"));
                break;
            case "content_block_stop":
                ViolationException.Unless(_open.Length > 0 && data.GetProperty("index").GetInt32() == _next, "an end outside its block");
                _broken |= _open == "tool_use" && !LegalJson.IsJson(Encoding.UTF8.GetBytes(_input.ToString()));
                _open = "";
                _next++;
                break;
            case "message_delta":
                ViolationException.Unless(_open.Length == 0, "a block has no end");
                ViolationException.Unless(!_broken || data.GetProperty("delta").GetProperty("stop_reason").GetString() is "max_tokens" or "refusal" or "model_context_window_exceeded", "an input is no JSON");
                _finished = true;
                break;
            case "message_stop":
                ViolationException.Unless(_finished, "no message_delta");
                Ended = true;
                break;
            case "error":
                Ended = true;
                break;
            default:
                ViolationException.Unless(type == "ping", $"an unknown event {type}");
                break;
        }
    }

    private void TakeDelta(JsonElement delta)
    {
        var fits = delta.GetProperty("type").GetString() switch
        {
            "text_delta" or "citations_delta" => _open == "text",
            "thinking_delta" or "signature_delta" => _open == "thinking",
            "input_json_delta" => _open is "tool_use" or "server_tool_use",
            _ => false,
        };
        ViolationException.Unless(fits, $"a {delta.GetProperty("type").GetString()} in a block of {_open}");
        if (delta.TryGetProperty("partial_json", out var fragment))
        {
            _input.Append(fragment.GetString());
        }
    }
}
