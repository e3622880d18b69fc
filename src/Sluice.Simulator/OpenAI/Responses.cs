using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>/v1/responses</c> and what lies under it.</summary>
internal static class Responses
{
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
        if (call.Body.Get("store").ValueKind != JsonValueKind.False)
        {
            Store(call, writer.Id, body, request.Items);
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
        call.Simulation.Responses.Find(id) is { } stored ? new JsonReply(stored.Body) : NotFound(id);

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

    public static Reply Cancel(Call call, string id) => call.Simulation.Responses.Find(id) is null
        ? NotFound(id)
        : new ErrorReply(OpenAIRefusal.Refuse("Cannot cancel a synchronous response.", null));

    public static Reply InputItems(Call call, string id) => call.Simulation.Responses.Find(id) is not { } stored
        ? NotFound(id)
        : new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");

            // Newest first, as the API's default order.
            foreach (var item in stored.Input.Reverse())
            {
                item.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteString("first_id", stored.Input.Count > 0 ? stored.Input[^1].Text("id") : null);
            json.WriteString("last_id", stored.Input.Count > 0 ? stored.Input[0].Text("id") : null);
            json.WriteBoolean("has_more", false);
            json.WriteEndObject();
        }));

    private static void Store(Call call, string id, byte[] body, IReadOnlyList<JsonElement> items)
    {
        using var response = JsonDocument.Parse(body);
        call.Simulation.Responses.Add(new StoredResponse(
            id,
            body,
            [.. items.Select(item => item.Clone())],
            [.. response.RootElement.GetProperty("output").EnumerateArray().Select(item => item.Clone())]));
    }

    private static ErrorReply NotFound(string id) => new(new VendorError(404, "invalid_request_error", $"Response with id '{id}' not found."));
}
