using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// Writes <c>system</c> and <c>messages</c>. Turns of the same speaker are joined, as the API itself does, and the results of
/// tools lead their turn, as it demands.
/// </summary>
internal sealed class AnthropicMessageWriter(Utf8JsonWriter json, FieldSet carried, WriteContext context)
{
    private readonly ToolCallIds _ids = new(ToolCallIds.LongestElsewhere);

    public void Write(IReadOnlyList<ChatMessage> messages)
    {
        var isSystem = messages.Select((message, place) => IsSystem(message) && (!context.Rules.SystemBetweenTurns || IsLeading(messages, place))).ToList();
        var system = messages.Where((_, place) => isSystem[place]).SelectMany(message => message.Content).ToList();
        var turns = messages.Where((_, place) => !isSystem[place]).ToList();
        if (turns.Count == 0)
        {
            // The API wants at least one message of the user.
            turns.Add(new ChatMessage(Role.User, system));
            system = [];
        }

        if (system.Count > 0)
        {
            json.WritePropertyName("system");
            WriteBlocks(system);
        }

        WriteTurns(turns);
    }

    /// <summary>Writes <c>cache_control</c> unless there is no mark.</summary>
    public static void WriteMark(Utf8JsonWriter json, CacheMark? mark)
    {
        if (mark is null)
        {
            return;
        }

        json.WriteStartObject("cache_control");
        json.WriteString("type", "ephemeral");
        json.WriteIf("ttl", AnthropicWords.FromLife(mark.Life));
        json.WriteEndObject();
    }

    private static bool IsSystem(ChatMessage message) => message.Role is Role.System or Role.Developer;

    private static bool IsLeading(IReadOnlyList<ChatMessage> messages, int place) => messages.Take(place).All(IsSystem);

    private void WriteTurns(List<ChatMessage> messages)
    {
        json.WriteStartArray("messages");
        for (var from = 0; from < messages.Count;)
        {
            var speaker = SpeakerOf(messages[from]);
            var to = messages.FindIndex(from, message => SpeakerOf(message) != speaker);
            to = to < 0 ? messages.Count : to;
            WriteTurn(speaker, messages[from..to]);
            from = to;
        }

        json.WriteEndArray();
    }

    private static string SpeakerOf(ChatMessage message) => message.Role switch
    {
        Role.Assistant => "assistant",
        Role.System or Role.Developer => "system",
        _ => "user",
    };

    private void WriteTurn(string speaker, List<ChatMessage> messages)
    {
        var blocks = messages.SelectMany(message => message.Content).Where(Keeps).ToList();
        if (blocks.Count == 0)
        {
            // The API takes no turn that says nothing.
            return;
        }

        json.WriteStartObject();
        json.WriteString("role", speaker);
        json.WritePropertyName("content");
        WriteKept([.. blocks.Where(block => block is ToolResultBlock), .. blocks.Where(block => block is not ToolResultBlock)]);
        foreach (var message in messages)
        {
            json.WriteExtensions(message.Extensions, context.Target);
        }

        json.WriteEndObject();
    }

    /// <summary>True when the target can have such a block; the report names the others, unless CarriedFields has.</summary>
    private bool Keeps(ContentBlock block)
    {
        switch (block)
        {
            case ReasoningBlock { Signature: var signature }:
                // Thoughts go back to the vendor that signed them, unchanged, and to no other.
                return (signature is { Data.Length: > 0 } && signature.Owner.Accepts(context.Target)) || Lose(CanonicalField.ReasoningText);
            case MediaBlock media:
                return AnthropicMedia.IsTaken(media, context.Target) || (media.Source is FileMedia && Lose(CanonicalField.FileIds));
            case TextBlock { Text: var text }:
                return text.Length > 0;
            case RefusalBlock { Text: var text }:
                return text.Length > 0;
            case ServerToolCallBlock { Owner: var owner }:
                return owner.Accepts(context.Target);
            case ServerToolResultBlock { Owner: var owner }:
                return owner.Accepts(context.Target);
            case OpaqueBlock { Owner: var owner }:
                return owner.Accepts(context.Target);
            default:
                return true;
        }
    }

    private bool Lose(CanonicalField field)
    {
        context.Report.Drop(field, context.Client);
        return false;
    }

    private void WriteBlocks(IReadOnlyList<ContentBlock> blocks) => WriteKept([.. blocks.Where(Keeps)]);

    private void WriteKept(List<ContentBlock> blocks)
    {
        json.WriteStartArray();
        foreach (var block in blocks)
        {
            WriteBlock(block);
        }

        json.WriteEndArray();
    }

    private void WriteBlock(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                WriteText(text);
                break;
            case RefusalBlock refusal:
                Begin("text");
                json.WriteString("text", refusal.Text);
                End(block);
                break;
            case ReasoningBlock { Signature: { } signature } reasoning:
                WriteReasoning(reasoning, signature);
                break;
            case ToolCallBlock call:
                WriteCall(call);
                break;
            case ToolResultBlock result:
                WriteResult(result);
                break;
            case MediaBlock media:
                WriteMedia(media);
                break;
            case ServerToolCallBlock { Raw: var raw }:
                json.WriteRaw(raw);
                break;
            case ServerToolResultBlock { Raw: var raw }:
                json.WriteRaw(raw);
                break;
            case OpaqueBlock { Raw: var raw }:
                json.WriteRaw(raw);
                break;
            default:
                break;
        }
    }

    private void Begin(string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
    }

    private void End(ContentBlock block)
    {
        if (carried.Contains(CanonicalField.CacheMarks))
        {
            WriteMark(json, block.Cache);
        }

        json.WriteExtensions(block.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void WriteText(TextBlock text)
    {
        Begin("text");
        json.WriteString("text", text.Text);
        var own = text.Citations.Where(citation => citation.Owner.Accepts(context.Target) && !citation.Raw.IsEmpty).ToList();
        if (own.Count > 0)
        {
            json.WriteStartArray("citations");
            foreach (var citation in own)
            {
                AnthropicCitations.Write(json, citation);
            }

            json.WriteEndArray();
        }

        End(text);
    }

    private void WriteReasoning(ReasoningBlock reasoning, Signature signature)
    {
        if (reasoning.Redacted)
        {
            Begin("redacted_thinking");
            json.WriteString("data", signature.Data);
        }
        else
        {
            Begin("thinking");
            json.WriteString("thinking", reasoning.Text);
            json.WriteString("signature", signature.Data);
        }

        json.WriteExtensions(reasoning.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void WriteCall(ToolCallBlock call)
    {
        Begin("tool_use");
        json.WriteString("id", _ids.OfCall(call.CallId));
        json.WriteString("name", call.Name);
        AnthropicToolInput.Write(json, call, context.Report);
        End(call);
    }

    private void WriteResult(ToolResultBlock result)
    {
        Begin("tool_result");
        json.WriteString("tool_use_id", _ids.OfResult(result.CallId));
        if (result.Content.Count > 0)
        {
            json.WritePropertyName("content");
            WriteBlocks(result.Content);
        }

        if (result.IsError)
        {
            json.WriteBoolean("is_error", true);
        }

        End(result);
    }

    private void WriteMedia(MediaBlock media)
    {
        Begin(media.Kind == MediaKind.Image ? "image" : "document");
        AnthropicMedia.WriteSource(json, media, WriteBlocks);
        if (media.Kind == MediaKind.Document)
        {
            json.WriteIf("title", media.Name);
            json.WriteIf("context", media.Context);
            if (media.Cite is { } cite)
            {
                json.WriteStartObject("citations");
                json.WriteBoolean("enabled", cite);
                json.WriteEndObject();
            }
        }

        End(media);
    }
}
