using System.Text.Json;

namespace Sluice.Fuzz.Legal;

/// <summary>Chunks with candidates; nothing of a candidate after its reason to end; an error is the last.</summary>
internal sealed class LegalGemini : LegalStream
{
    private readonly HashSet<int> _finished = [];
    private bool _failed;
    private bool _any;

    protected override void Take(string name, JsonElement data) => TakeChunk(data);

    protected override void End()
    {
        ViolationException.Unless(_any, "the stream is empty");
        Ended = true;
    }

    internal void TakeChunk(JsonElement data)
    {
        ViolationException.Unless(!_failed, "a chunk follows an error");
        _any = true;
        if (data.TryGetProperty("error", out _))
        {
            _failed = true;
            return;
        }

        foreach (var candidate in data.GetProperty("candidates").EnumerateArray())
        {
            var index = candidate.GetProperty("index").GetInt32();
            ViolationException.Unless(!_finished.Contains(index), "a candidate goes on after its end");
            TakeContent(candidate.GetProperty("content"));
            if (candidate.TryGetProperty("finishReason", out _))
            {
                _finished.Add(index);
            }
        }
    }

    private static void TakeContent(JsonElement content)
    {
        foreach (var part in content.GetProperty("parts").EnumerateArray())
        {
            if (Has(part, "functionCall", out var call) && call.ValueKind != JsonValueKind.Null)
            {
                ViolationException.Unless(call.GetProperty("args").ValueKind == JsonValueKind.Object, "the arguments of a call are no object");
            }
        }
    }
}
