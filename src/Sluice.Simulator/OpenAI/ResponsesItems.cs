using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Reads input items, and refuses what OpenAI refuses of their order and of echoed reasoning.</summary>
internal sealed class ResponsesItems(Call call, Conversation conversation)
{
    /// <summary>What encrypted reasoning is made for.</summary>
    public const string ReasoningPurpose = "openai-reasoning";

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly TimeSpan? _cacheFor = OpenAIPromptCache.LifeOf(call.Body);
    private bool _inCalls;
    private bool _reasoned;
    private VendorError? _unreasoned;

    public VendorError? Read(IReadOnlyList<JsonElement> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (!items[i].IsObject())
            {
                return OpenAIRefusal.WrongType($"input[{i}]", "an object", items[i]);
            }

            if (Take(items[i], i) is { } refused)
            {
                return refused;
            }

            conversation.Tally.EndSegment(_cacheFor);
        }

        return _open.Count == 0 ? _unreasoned
            : OpenAIRefusal.Refuse($"No tool output found for function call {_open.First()}.", "input");
    }

    private VendorError? Take(JsonElement item, int index)
    {
        var type = item.Text("type") ?? (item.Get("role").IsPresent() ? "message" : null);
        if (type is not ("function_call" or "custom_tool_call"))
        {
            _inCalls = false;
        }

        switch (type)
        {
            case "message":
                return TakeMessage(item, index);
            case "function_call" or "custom_tool_call":
                return TakeCall(item, index);
            case "function_call_output" or "custom_tool_call_output":
                return TakeOutput(item);
            case "reasoning":
                _reasoned = true;
                return TakeReasoning(item);
            case "item_reference":
                return call.Simulation.Responses.FindItem(item.Text("id") ?? "") is { } referred ? Take(referred, index) : NotFound(item);
            case null:
                return OpenAIRefusal.Missing($"input[{index}].type");
            default:
                conversation.Tally.AddText(item.GetRawText());
                return null;
        }
    }

    private VendorError? TakeMessage(JsonElement item, int index)
    {
        var role = item.Text("role");
        if (role is not ("user" or "assistant" or "system" or "developer"))
        {
            return role is null
                ? OpenAIRefusal.Missing($"input[{index}].role")
                : OpenAIRefusal.WrongValue($"input[{index}].role", role, "'assistant', 'system', 'developer', and 'user'");
        }

        conversation.Tally.BeginMessage(role);
        var texts = new List<string>();
        if (item.Text("content") is { } whole)
        {
            texts.Add(whole);
        }

        var part = 0;
        foreach (var content in item.Get("content").Items())
        {
            switch (content.Text("type"))
            {
                case "input_text" or "output_text" or "text":
                    texts.Add(content.Text("text") ?? "");
                    break;
                case "refusal":
                    texts.Add(content.Text("refusal") ?? "");
                    break;
                case "input_image" or "input_file" or "input_audio":
                    conversation.Tally.AddMedia(content.GetRawText());
                    break;
                case var other:
                    return OpenAIRefusal.WrongValue($"input[{index}].content[{part}].type", other ?? "", "'input_text', 'input_image', 'output_text', 'refusal', and 'input_file'");
            }

            part++;
        }

        var text = string.Join('\n', texts);
        conversation.Tally.AddText(text);
        if (role == "user")
        {
            // A new turn: the reasoning of older ones may be left out.
            _unreasoned = null;
            conversation.UserSays(texts);
        }
        else if (role != "assistant")
        {
            conversation.Instructs(text);
        }

        return null;
    }

    private VendorError? TakeCall(JsonElement item, int index)
    {
        if (item.Text("call_id") is not { Length: > 0 } id)
        {
            return OpenAIRefusal.Missing($"input[{index}].call_id");
        }

        if (id.Length > 64)
        {
            return OpenAIRefusal.Refuse($"Invalid 'input[{index}].call_id': string too long. Expected a string with maximum length 64, but got a string with length {id.Length} instead.", $"input[{index}].call_id", "string_above_max_length");
        }

        conversation.Tally.AddText(item.Text("name") ?? "");
        conversation.Tally.AddText(item.Text("arguments") ?? item.Text("input") ?? "");
        _open.Add(id);
        if (!_inCalls)
        {
            conversation.ModelCallsTools();
            NoteStep(item, id);
        }

        _inCalls = true;
        return null;
    }

    private void NoteStep(JsonElement item, string id)
    {
        if (call.Faults.StrictSignatures && !_reasoned && ResponsesPrompt.Reasons(call))
        {
            _unreasoned ??= OpenAIRefusal.Refuse(
                $"Item '{item.Text("id") ?? id}' of type '{item.Text("type")}' was provided without its required 'reasoning' item.", "input");
        }

        _reasoned = false;
    }

    private VendorError? TakeOutput(JsonElement item)
    {
        var id = item.Text("call_id") ?? "";
        if (!_open.Remove(id))
        {
            return OpenAIRefusal.Refuse($"No tool call found for function call output with call_id {id}.", "input");
        }

        var output = item.Text("output") ?? string.Join('\n', item.Get("output").Items().Select(part => part.Text("text")).OfType<string>());
        conversation.Tally.AddText(output);
        conversation.ToolAnswers(output);
        return null;
    }

    private VendorError? TakeReasoning(JsonElement item)
    {
        if (item.Text("encrypted_content") is not { } sealedText)
        {
            return item.Text("id") is { } id && call.Simulation.Responses.FindItem(id) is not null ? null : NotFound(item);
        }

        foreach (var summary in item.Get("summary").Items())
        {
            conversation.Tally.AddText(summary.Text("text") ?? "");
        }

        return call.Simulation.Signatures.Verify(ReasoningPurpose, "", sealedText)
            ? null
            : OpenAIRefusal.Refuse(
                $"The encrypted content {Tokenizer.Take(sealedText, 2)}... could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
                null,
                "invalid_encrypted_content");
    }

    private static VendorError NotFound(JsonElement item) => new(404, "invalid_request_error",
        $"Item with id '{item.Text("id")}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.")
    {
        Param = "input",
    };
}
