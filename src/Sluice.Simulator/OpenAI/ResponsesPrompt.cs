using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>A Responses request, read: the prompt and the items that the next turn may refer to.</summary>
internal sealed record ResponsesRequest(Prompt Prompt, IReadOnlyList<JsonElement> Items);

/// <summary>Reads a Responses request.</summary>
internal static class ResponsesPrompt
{
    public static VendorError? TryRead(Call call, out ResponsesRequest? request)
    {
        request = null;
        var body = call.Body;
        if (call.AskedModel.Length == 0)
        {
            return OpenAIRefusal.MissingModel;
        }

        if (TryGather(call, out var items) is { } wrongInput)
        {
            return wrongInput;
        }

        var conversation = new Conversation();
        var tools = OpenAITools.ReadResponses(body, conversation.Tally);
        if (body.Text("instructions") is { } instructions)
        {
            conversation.Tally.AddText(instructions);
            conversation.Instructs(instructions);
        }

        var wrongLimit = OpenAIRefusal.TryInteger(body, "max_output_tokens", 16, out var most);
        if ((new ResponsesItems(call, conversation).Read(items) ?? wrongLimit ?? OpenAIRefusal.WrongStream(body)) is { } error)
        {
            return error;
        }

        var prompt = OpenAITools.WithResponsesChoice(new Prompt
        {
            Model = call.Model,
            Seed = call.Seed,
            Conversation = conversation,
            Tools = tools,
            ParallelCalls = body.Get("parallel_tool_calls").ValueKind != JsonValueKind.False,
            MaxTokens = most,
            Reasons = Reasons(call),
            TextTokens = call.Faults.TextTokens,
        }, body.Get("tool_choice"));
        var format = body.Get("text").Get("format");
        request = new ResponsesRequest(OpenAIOutputShape.With(prompt, format, format), items);
        return OpenAITools.CheckChoice(body, prompt);
    }

    /// <summary>True when the model reasons, by the request's effort or by its name.</summary>
    internal static bool Reasons(Call call) =>
        call.Body.Get("reasoning").Text("effort") is { } effort ? effort != "none" : ReasoningRule.OpenAI(call.Model);

    /// <summary>Puts the items of the response that is continued before the request's own.</summary>
    private static VendorError? TryGather(Call call, out IReadOnlyList<JsonElement> items)
    {
        items = [];
        var input = call.Body.Get("input");
        var previous = call.Body.Text("previous_response_id");
        if (!input.IsPresent() && previous is null)
        {
            return OpenAIRefusal.Refuse("One of \"input\" or \"previous_response_id\" or \"prompt\" or \"conversation\" must be provided.", "input", "missing_required_parameter");
        }

        if (input.IsPresent() && !input.IsArray() && input.Text() is null)
        {
            return OpenAIRefusal.WrongType("input", "one of a string or array of input items", input);
        }

        IReadOnlyList<JsonElement> before = [];
        if (previous is not null)
        {
            if (call.Simulation.Responses.Find(previous) is not { } stored)
            {
                return OpenAIRefusal.Refuse($"Previous response with id '{previous}' not found.", "previous_response_id", "previous_response_not_found");
            }

            before = [.. stored.Input, .. stored.Output];
        }

        items = [.. before, .. input.Text() is { } text ? [UserMessage(text)] : input.Items()];
        return null;
    }

    private static JsonElement UserMessage(string text)
    {
        using var message = JsonDocument.Parse(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", "message");
            json.WriteString("role", "user");
            json.WriteStartArray("content");
            json.WriteStartObject();
            json.WriteString("type", "input_text");
            json.WriteString("text", text);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }));
        return message.RootElement.Clone();
    }
}
