using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>/v1/responses</c> and what lies under it.</summary>
internal static class Responses
{
    /// <summary>How long work in the background takes: long enough to be seen at work, and to be cancelled.</summary>
    private static readonly TimeSpan BackgroundWork = TimeSpan.FromMilliseconds(500);

    public static Reply Handle(Call call)
    {
        if (ResponsesPrompt.TryRead(call, out var request) is { } error)
        {
            return new ErrorReply(error);
        }

        var tally = request!.Prompt.Conversation.Tally;
        var answer = AnswerComposer.Compose(request.Prompt);
        var counts = new TokenCounts(tally.Tokens, OpenAIPromptCache.CachedTokens(call, tally), answer.OutputTokens, answer.ReasoningTokens)
            .Reported(call.Faults.Usage);
        var writer = new ResponseWriter(call, answer, counts);
        var body = JsonText.Bytes(writer.Write);
        var inBackground = call.Body.Get("background").IsTrue();
        if (inBackground && call.Body.Get("store").ValueKind == JsonValueKind.False)
        {
            return new ErrorReply(OpenAIRefusal.Refuse("Background mode requires store to be true.", "background"));
        }

        if (call.Body.Get("store").ValueKind != JsonValueKind.False)
        {
            Store(call, writer, body, request.Items, inBackground);
        }

        if (inBackground && !call.Body.Get("stream").IsTrue())
        {
            return new JsonReply(JsonText.Bytes(json => writer.Write(json, "queued")));
        }

        return call.Body.Get("stream").IsTrue()
            ? new StreamReply(ResponsesStreamFormat.Instance, new ResponsesStreamWriter(call, writer).Write())
            : new JsonReply(body, answer.OutputTokens);
    }

    public static Reply CountInput(Call call) => ResponsesPrompt.TryRead(call, out var request) is { } error
        ? new ErrorReply(error)
        : new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "response.input_tokens");
            json.WriteNumber("input_tokens", request!.Prompt.Conversation.Tally.Tokens);
            json.WriteEndObject();
        }));

    public static Reply Get(Call call, string id) =>
        call.Simulation.Responses.Find(id) is { } stored ? new JsonReply(stored.At(call.Simulation.Options.Time.GetUtcNow())) : NotFound(id);

    public static Reply Delete(Call call, string id) => !call.Simulation.Responses.Delete(id)
        ? NotFound(id)
        : new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("object", "response");
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        }));

    /// <summary>Ends work in the background; what has ended already stays as it is.</summary>
    public static Reply Cancel(Call call, string id)
    {
        if (call.Simulation.Responses.Find(id) is not { } stored)
        {
            return NotFound(id);
        }

        if (stored is not { Cancelled: { } cancelled })
        {
            return new ErrorReply(OpenAIRefusal.Refuse("Cannot cancel a synchronous response.", null));
        }

        var now = call.Simulation.Options.Time.GetUtcNow();
        if (now < stored.DoneAt)
        {
            call.Simulation.Responses.Add(stored = stored with { Body = cancelled, DoneAt = now });
        }

        return new JsonReply(stored.At(now));
    }

    /// <summary>Lists what a response was made of; newest first unless asked otherwise, as the API does.</summary>
    public static Reply InputItems(Call call, string id)
    {
        if (call.Simulation.Responses.Find(id) is not { } stored)
        {
            return NotFound(id);
        }

        var query = call.Http.Request.Query;
        var all = stored.Input.Index().Select(entry => (Id: ItemId(id, entry.Index, entry.Item), entry.Item));
        var items = (query["order"] == "asc" ? all : all.Reverse()).ToList();
        var from = items.FindIndex(item => item.Id == query["after"]) + 1;
        var limit = int.TryParse(query["limit"], out var asked) ? Math.Clamp(asked, 1, 100) : 20;
        var page = items.Skip(from).Take(limit).ToList();
        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            page.ForEach(item => WriteItem(json, item.Id, item.Item));
            json.WriteEndArray();
            json.WriteString("first_id", page.Count > 0 ? page[0].Id : null);
            json.WriteString("last_id", page.Count > 0 ? page[^1].Id : null);
            json.WriteBoolean("has_more", from + page.Count < items.Count);
            json.WriteEndObject();
        }));
    }

    private static string ItemId(string response, int index, JsonElement item)
        => item.Text("id") ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(item.Text("type") is null or "message" ? "msg" : "item")}_{response.AsSpan("resp_".Length)}{index}");

    private static void WriteItem(Utf8JsonWriter json, string id, JsonElement item)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        if (item.Text("type") is null)
        {
            json.WriteString("type", "message");
        }

        foreach (var member in item.EnumerateObject().Where(member => !member.NameEquals("id")))
        {
            if (member.NameEquals("content") && member.Value.ValueKind == JsonValueKind.String)
            {
                json.WriteStartArray("content");
                json.WriteStartObject();
                json.WriteString("type", item.Text("role") == "assistant" ? "output_text" : "input_text");
                json.WriteString("text", member.Value.GetString());
                json.WriteEndObject();
                json.WriteEndArray();
            }
            else
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static void Store(Call call, ResponseWriter writer, byte[] body, IReadOnlyList<JsonElement> items, bool inBackground)
    {
        using var response = JsonDocument.Parse(body);
        call.Simulation.Responses.Add(new StoredResponse(
            writer.Id,
            body,
            [.. items.Select(item => item.Clone())],
            [.. response.RootElement.GetProperty("output").EnumerateArray().Select(item => item.Clone())])
        {
            Pending = inBackground ? JsonText.Bytes(json => writer.Write(json, "in_progress")) : null,
            Cancelled = inBackground ? JsonText.Bytes(json => writer.Write(json, "cancelled")) : null,
            DoneAt = call.Simulation.Options.Time.GetUtcNow() + BackgroundWork,
        });
    }

    private static ErrorReply NotFound(string id) => new(new VendorError(404, "invalid_request_error", $"Response with id '{id}' not found."));
}
