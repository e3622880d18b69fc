using System.Text;
using System.Text.Json;

namespace Sluice.Fuzz.Legal;

/// <summary>Chunks until <c>[DONE]</c> or an error; nothing of a choice after its end; arguments that parse.</summary>
internal sealed class LegalChat : LegalStream
{
    private readonly Dictionary<int, bool> _finished = [];
    private readonly Dictionary<(int Choice, int Call), StringBuilder> _functions = [];
    private readonly HashSet<string> _ids = [];
    private bool _cutShort;

    protected override void TakeMark(ReadOnlySpan<byte> data)
    {
        ViolationException.Unless(data.SequenceEqual("[DONE]"u8), "an event is no JSON");
        ViolationException.Unless(_finished.Values.All(finished => finished), "a choice has no end");
        foreach (var arguments in _functions.Values)
        {
            ViolationException.Unless(_cutShort || LegalJson.IsJson(Encoding.UTF8.GetBytes(arguments.ToString())), "arguments are no JSON");
        }

        Ended = true;
    }

    protected override void Take(string name, JsonElement data)
    {
        if (data.TryGetProperty("error", out _) && !data.TryGetProperty("choices", out _))
        {
            Ended = true;
            return;
        }

        foreach (var choice in data.GetProperty("choices").EnumerateArray())
        {
            TakeChoice(choice);
        }
    }

    private void TakeChoice(JsonElement choice)
    {
        var index = choice.GetProperty("index").GetInt32();
        var delta = choice.GetProperty("delta");
        ViolationException.Unless(!_finished.GetValueOrDefault(index), "a choice goes on after its end");
        _finished[index] = choice.GetProperty("finish_reason").ValueKind == JsonValueKind.String;
        _cutShort |= _finished[index] && choice.GetProperty("finish_reason").GetString() is "length" or "content_filter";
        if (!delta.TryGetProperty("tool_calls", out var calls))
        {
            return;
        }

        foreach (var call in calls.EnumerateArray())
        {
            TakeCall(index, call);
        }
    }

    private void TakeCall(int choice, JsonElement call)
    {
        var key = (choice, call.GetProperty("index").GetInt32());
        var isFunction = call.TryGetProperty("function", out var function);
        if (call.TryGetProperty("id", out var id))
        {
            ViolationException.Unless(id.GetString() is { Length: > 0 and <= 40 } && _ids.Add($"{choice} {id.GetString()}"), "the id of a call is empty, too long or taken");
            if (isFunction)
            {
                ViolationException.Unless(_functions.TryAdd(key, new StringBuilder()), "a call begins twice");
            }
        }

        if (isFunction && function.TryGetProperty("arguments", out var arguments))
        {
            ViolationException.Unless(_functions.TryGetValue(key, out var known), "arguments before the call");
            known!.Append(arguments.GetString());
        }
    }
}
