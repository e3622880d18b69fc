using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Reads a Chat Completions request.</summary>
internal static class ChatPrompt
{
    private const string Roles = "'system', 'assistant', 'user', 'function', 'tool', and 'developer'";

    public static VendorError? TryRead(Call call, out Prompt? prompt)
    {
        prompt = null;
        var body = call.Body;
        if (call.AskedModel.Length == 0)
        {
            return OpenAIRefusal.MissingModel;
        }

        var messages = body.Get("messages");
        if (!messages.IsPresent())
        {
            return OpenAIRefusal.Missing("messages");
        }

        if (!messages.IsArray())
        {
            return OpenAIRefusal.WrongType("messages", "an array of objects", messages);
        }

        if (messages.GetArrayLength() == 0)
        {
            return OpenAIRefusal.Refuse("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array");
        }

        var conversation = new Conversation();
        var tools = OpenAITools.ReadChat(body, conversation.Tally);
        var wrongMost = OpenAIRefusal.TryInteger(body, "max_completion_tokens", 1, out var most);
        var wrongOlder = OpenAIRefusal.TryInteger(body, "max_tokens", 1, out var older);
        if ((ChatMessages.Read(messages, conversation, OpenAIPromptCache.LifeOf(body)) ?? wrongMost ?? wrongOlder ?? OpenAIRefusal.WrongStream(body)) is { } error)
        {
            return error;
        }

        prompt = new Prompt
        {
            Model = call.Model,
            Seed = call.Seed,
            Conversation = conversation,
            Tools = tools,
            ParallelCalls = body.Get("parallel_tool_calls").ValueKind != JsonValueKind.False,
            MaxTokens = most ?? older,
            Stop = body.Get("stop").Strings(),
            Reasons = body.Text("reasoning_effort") is { } effort ? effort != "none" : ReasoningRule.OpenAI(call.Model),
            TextTokens = call.Faults.TextTokens,
        };
        prompt = OpenAITools.WithChatChoice(prompt, body.Get("tool_choice"));
        prompt = OpenAIOutputShape.With(prompt, body.Get("response_format"), body.Get("response_format").Get("json_schema"));
        return OpenAITools.CheckChoice(body, prompt);
    }

    internal static VendorError? CheckRole(string? role, int index) => role switch
    {
        null => OpenAIRefusal.Missing($"messages[{index}].role"),
        "system" or "developer" or "user" or "assistant" or "tool" or "function" => null,
        _ => OpenAIRefusal.WrongValue($"messages[{index}].role", role, Roles),
    };
}
