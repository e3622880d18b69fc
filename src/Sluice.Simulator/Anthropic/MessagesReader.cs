using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Reads the messages of a request, and refuses what Anthropic refuses of their order and of echoed thinking.</summary>
internal sealed class MessagesReader(Call call, Conversation conversation)
{
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private bool _turnBegan;

    /// <summary>The first assistant message of the current tool turn, where it begins without thinking; null where all is well.</summary>
    public int? TurnWithoutThinking { get; private set; }

    public VendorError? Read(JsonElement messages)
    {
        var allowsSystem = AnthropicVersion.AllowsSystemMessages(call.Http.Request);
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (!message.IsObject())
            {
                return AnthropicVendor.Refuse($"messages.{index}: Input should be an object");
            }

            var role = message.Text("role");
            if (role is not ("user" or "assistant") && !(role == "system" && allowsSystem))
            {
                return role == "system"
                    ? AnthropicVendor.Refuse("messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.")
                    : AnthropicVendor.Refuse($"messages.{index}.role: {(role is null ? "Field required" : "Input should be 'user' or 'assistant'")}");
            }

            var content = message.Get("content");
            if (content.Text() is null && !content.IsArray())
            {
                return AnthropicVendor.Refuse($"messages.{index}.content: {(content.IsPresent() ? "Input should be a valid list" : "Field required")}");
            }

            conversation.Tally.BeginMessage(role);
            if ((role == "assistant" ? ReadAssistant(content, index) : ReadUser(content, index, role)) is { } refused)
            {
                return refused;
            }

            index++;
        }

        return _open.Count > 0 ? Unanswered(index - 1) : null;
    }

    private VendorError? ReadUser(JsonElement content, int index, string role)
    {
        var texts = new List<string>();
        var answersTools = false;
        foreach (var (block, at) in BlocksOf(content))
        {
            var place = $"messages.{index}.content.{at}";
            switch (block.Text("type"))
            {
                case "text":
                    if (ReadText(block, place, texts) is { } refused)
                    {
                        return refused;
                    }

                    break;
                case "tool_result":
                    answersTools = true;
                    if (!_open.Remove(block.Text("tool_use_id") ?? ""))
                    {
                        return AnthropicVendor.Refuse($"{place}: unexpected `tool_use_id` found in `tool_result` blocks: {block.Text("tool_use_id")}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
                    }

                    var result = block.Get("content").Text() ?? string.Join('\n', block.Get("content").Items().Select(item => item.Text("text")).OfType<string>());
                    conversation.Tally.AddText(result);
                    conversation.ToolAnswers(result);
                    break;
                case "image" or "document" or "container_upload" or "search_result":
                    conversation.Tally.AddMedia(block.GetRawText());
                    break;
                case null:
                    return AnthropicVendor.Refuse($"{place}.type: Field required");
                default:
                    conversation.Tally.AddText(block.GetRawText());
                    break;
            }

            conversation.Tally.EndSegment(MessagesPrompt.LifeOf(block));
        }

        if (_open.Count > 0)
        {
            return Unanswered(index - 1);
        }

        if (content.Text() is { } whole)
        {
            texts.Add(whole);
        }

        if (role == "system")
        {
            conversation.Instructs(string.Join('\n', texts));
        }
        else if (!answersTools)
        {
            // Words beside a tool's result (a client's reminder) do not begin a turn of their own.
            conversation.UserSays(texts);
            (_turnBegan, TurnWithoutThinking) = (false, null);
        }

        return null;
    }

    private VendorError? ReadAssistant(JsonElement content, int index)
    {
        if (_open.Count > 0)
        {
            return Unanswered(index - 1);
        }

        foreach (var (block, at) in BlocksOf(content))
        {
            var place = $"messages.{index}.content.{at}";
            switch (block.Text("type"))
            {
                case "text":
                    if (ReadText(block, place, []) is { } refused)
                    {
                        return refused;
                    }

                    break;
                case "thinking" or "redacted_thinking":
                    if (CheckEcho(block, place) is { } altered)
                    {
                        return altered;
                    }

                    conversation.Tally.AddText(block.Text("thinking") ?? "");
                    break;
                case "tool_use":
                    if (block.Text("id") is not { } id || block.Text("name") is not { } name)
                    {
                        return AnthropicVendor.Refuse($"{place}.tool_use.{(block.Text("id") is null ? "id" : "name")}: Field required");
                    }

                    _open.Add(id);
                    conversation.Tally.AddText(name);
                    conversation.Tally.AddText(block.Get("input") is { ValueKind: JsonValueKind.Object } input ? input.GetRawText() : "{}");
                    break;
                case null:
                    return AnthropicVendor.Refuse($"{place}.type: Field required");
                default:
                    conversation.Tally.AddText(block.GetRawText());
                    break;
            }

            conversation.Tally.EndSegment(MessagesPrompt.LifeOf(block));
        }

        if (_open.Count > 0)
        {
            conversation.ModelCallsTools();
            NoteTurn(content, index);
        }

        return null;
    }

    /// <summary>Only the first assistant message of a turn must begin with thinking, later ones follow tool results; a strict caller sends all.</summary>
    private void NoteTurn(JsonElement content, int index)
    {
        if ((!_turnBegan || call.Faults.StrictSignatures) && TurnWithoutThinking is null && content.IsArray() && content[0].Text("type") is not ("thinking" or "redacted_thinking"))
        {
            TurnWithoutThinking = index;
        }

        _turnBegan = true;
    }

    private VendorError? CheckEcho(JsonElement block, string place)
    {
        var signatures = call.Simulation.Signatures;
        if (block.Text("type") == "redacted_thinking")
        {
            return signatures.Verify(Thinking.RedactedPurpose, "", block.Text("data") ?? "")
                ? null
                : AnthropicVendor.Refuse($"{place}: Invalid `data` in `redacted_thinking` block");
        }

        return block.Text("signature") is not { } signature ? AnthropicVendor.Refuse($"{place}.thinking.signature: Field required")
            : signatures.Verify(Thinking.SignaturePurpose, block.Text("thinking") ?? "", signature) ? null
            : AnthropicVendor.Refuse($"{place}: Invalid `signature` in `thinking` block");
    }

    private VendorError? ReadText(JsonElement block, string place, List<string> texts)
    {
        if (block.Text("text") is not { } text)
        {
            return AnthropicVendor.Refuse($"{place}.text.text: {(block.Get("text").IsPresent() ? "Input should be a valid string" : "Field required")}");
        }

        if (text.Length == 0)
        {
            return AnthropicVendor.Refuse("messages: text content blocks must be non-empty");
        }

        conversation.Tally.AddText(text);
        texts.Add(text);
        return null;
    }

    private IEnumerable<(JsonElement Block, int At)> BlocksOf(JsonElement content)
    {
        if (content.Text() is { } text)
        {
            conversation.Tally.AddText(text);
            conversation.Tally.EndSegment();
            return [];
        }

        return content.EnumerateArray().Select((block, at) => (block, at));
    }

    private VendorError Unanswered(int index) => AnthropicVendor.Refuse(
        $"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", _open)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
}
