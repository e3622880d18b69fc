using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Reads the messages of a Chat Completions request, and refuses what OpenAI refuses of their order.</summary>
internal static class ChatMessages
{
    public static VendorError? Read(JsonElement messages, Conversation conversation, TimeSpan? cacheFor)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (!message.IsObject())
            {
                return OpenAIRefusal.WrongType($"messages[{index}]", "an object", message);
            }

            var role = message.Text("role");
            if (ChatPrompt.CheckRole(role, index) is { } wrongRole)
            {
                return wrongRole;
            }

            if (role != "tool" && open.Count > 0)
            {
                return Unanswered(open, index);
            }

            conversation.Tally.BeginMessage(role!);
            if (ReadContent(message.Get("content"), index, conversation.Tally, out var texts) is { } wrongContent)
            {
                return wrongContent;
            }

            if (Take(role!, message, texts, conversation, open, index) is { } refused)
            {
                return refused;
            }

            conversation.Tally.EndSegment(cacheFor);
            index++;
        }

        return open.Count > 0 ? Unanswered(open, index) : null;
    }

    private static VendorError? Take(string role, JsonElement message, List<string> texts, Conversation conversation, HashSet<string> open, int index)
    {
        switch (role)
        {
            case "system" or "developer":
                conversation.Instructs(string.Join('\n', texts));
                return null;
            case "user":
                conversation.UserSays(texts);
                return null;
            case "tool" or "function":
                conversation.ToolAnswers(string.Join('\n', texts));
                return role == "function" || open.Remove(message.Text("tool_call_id") ?? "") ? null : OpenAIRefusal.Refuse(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", $"messages.[{index}].role");
            default:
                return TakeCalls(message.Get("tool_calls"), conversation, open, index)
                    ?? (message.Get("content").IsPresent() || open.Count > 0 || message.Get("refusal").IsPresent() || message.Get("function_call").IsPresent() || message.Get("audio").IsPresent()
                        ? null
                        : OpenAIRefusal.Refuse($"Invalid value for 'content': expected a string, got null.", $"messages.[{index}].content"));
        }
    }

    private static VendorError? TakeCalls(JsonElement calls, Conversation conversation, HashSet<string> open, int index)
    {
        var count = 0;
        foreach (var call in calls.Items())
        {
            if (call.Text("id") is not { Length: > 0 } id)
            {
                return OpenAIRefusal.Missing($"messages[{index}].tool_calls[{count}].id");
            }

            if (id.Length > 40)
            {
                return OpenAIRefusal.Refuse($"Invalid 'messages[{index}].tool_calls[{count}].id': string too long. Expected a string with maximum length 40, but got a string with length {id.Length} instead.",
                    $"messages[{index}].tool_calls[{count}].id", "string_above_max_length");
            }

            var target = call.Text("type") == "custom" ? call.Get("custom") : call.Get("function");
            conversation.Tally.AddText(target.Text("name") ?? "");
            conversation.Tally.AddText(target.Text("arguments") ?? target.Text("input") ?? "");
            open.Add(id);
            count++;
        }

        if (count > 0)
        {
            conversation.ModelCallsTools();
        }

        return null;
    }

    private static VendorError? ReadContent(JsonElement content, int index, PromptTally tally, out List<string> texts)
    {
        texts = content.Text() is { } whole ? [whole] : [];
        if (content.IsArray())
        {
            var part = 0;
            foreach (var item in content.EnumerateArray())
            {
                switch (item.Text("type"))
                {
                    case "text": texts.Add(item.Text("text") ?? ""); break;
                    case "refusal": texts.Add(item.Text("refusal") ?? ""); break;
                    case "image_url" or "input_audio" or "file": tally.AddMedia(item.GetRawText()); break;
                    case null: return OpenAIRefusal.Missing($"messages[{index}].content[{part}].type");
                    case var type: return OpenAIRefusal.WrongValue($"messages[{index}].content[{part}].type", type, "'text', 'image_url', 'input_audio', 'refusal', and 'file'");
                }

                part++;
            }
        }
        else if (content.IsPresent() && content.ValueKind != JsonValueKind.String)
        {
            return OpenAIRefusal.WrongType($"messages[{index}].content", "one of a string or array of objects", content);
        }

        tally.AddText(string.Join('\n', texts));
        return null;
    }

    private static VendorError Unanswered(HashSet<string> open, int index) => OpenAIRefusal.Refuse(
        $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}",
        $"messages.[{index}].role");
}
