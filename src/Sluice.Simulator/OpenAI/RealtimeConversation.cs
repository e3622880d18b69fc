using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>The items of a realtime session, and what they count.</summary>
internal sealed class RealtimeConversation
{
    /// <summary>100 ms of PCM at 24 kHz.</summary>
    public const int BytesPerAudioToken = 4_800;

    /// <summary>What the simulator makes of any sound.</summary>
    public const string Heard = "simulated speech";

    private readonly List<(JsonElement Item, int AudioTokens)> _items = [];

    /// <summary>Input tokens of the last response: what is a cached prefix to the next.</summary>
    public int LastInput { get; set; }

    /// <summary>How many responses were made, which is a part of each one's seed.</summary>
    public int Responses { get; set; }

    public JsonElement Add(JsonElement item, string id)
    {
        using var added = JsonDocument.Parse(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", item.Text("id") ?? id);
            json.WriteString("object", "realtime.item");
            json.WriteString("status", "completed");
            foreach (var member in item.EnumerateObject())
            {
                if (!member.NameEquals("id"u8) && !member.NameEquals("object"u8) && !member.NameEquals("status"u8))
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }));
        var kept = added.RootElement.Clone();
        _items.Add((kept, AudioTokens(kept)));
        return kept;
    }

    public JsonElement AddAudio(string id, int tokens)
    {
        using var item = JsonDocument.Parse($$"""{"id":"{{id}}","object":"realtime.item","type":"message","status":"completed","role":"user","content":[{"type":"input_audio","transcript":null}]}""");
        var kept = item.RootElement.Clone();
        _items.Add((kept, tokens));
        return kept;
    }

    public JsonElement? Find(string id) => _items.Find(one => one.Item.Text("id") == id) is { Item.ValueKind: JsonValueKind.Object } found ? found.Item : null;

    public void Remove(string id) => _items.RemoveAll(one => one.Item.Text("id") == id);

    /// <summary>The conversation as the next response sees it.</summary>
    /// <param name="more">Items of the response's own.</param>
    /// <param name="audioTokens">How many tokens of it are audio.</param>
    public Conversation Read(IEnumerable<JsonElement> more, out int audioTokens)
    {
        var read = new Conversation();
        audioTokens = _items.Sum(one => one.AudioTokens);
        foreach (var item in _items.Select(one => one.Item).Concat(more))
        {
            read.Tally.BeginMessage(item.Text("role") ?? item.Text("type") ?? "");
            Take(read, item);
        }

        return read;
    }

    private static void Take(Conversation read, JsonElement item)
    {
        switch (item.Text("type"))
        {
            case "function_call":
                read.ModelCallsTools();
                read.Tally.AddText(item.Text("arguments") ?? "");
                break;
            case "function_call_output":
                read.ToolAnswers(item.Text("output") ?? "");
                read.Tally.AddText(item.Text("output") ?? "");
                break;
            default:
                var texts = new List<string>();
                foreach (var part in item.Get("content").Items())
                {
                    if (part.Text("type") == "input_image")
                    {
                        read.Tally.AddMedia(part.Text("image_url") ?? "");
                    }
                    else if ((part.Text("text") ?? part.Text("transcript") ?? (part.Text("type") == "input_audio" ? Heard : null)) is { } text)
                    {
                        texts.Add(text);
                        read.Tally.AddText(part.Text("type") == "input_audio" ? "" : text);
                    }
                }

                if (item.Text("role") == "user")
                {
                    read.UserSays(texts);
                }

                break;
        }
    }

    private static int AudioTokens(JsonElement item)
        => item.Get("content").Items().Sum(part => part.Text("audio") is { } audio ? Math.Max(1, audio.Length * 3 / 4 / BytesPerAudioToken) : 0);
}
