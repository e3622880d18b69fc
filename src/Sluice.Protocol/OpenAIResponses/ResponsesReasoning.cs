using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// Reasoning items. Thoughts of another vendor stand in the summary, which every client shows and echoes, and their
/// signature in <c>encrypted_content</c>; read again they are the thoughts that they were.
/// </summary>
internal static class ResponsesReasoning
{
    /// <summary>Stands before the slot of thoughts that are withheld (Anthropic), which a signature alone does not tell.</summary>
    private const string RedactedMark = "redacted.";

    /// <summary>Reads an item.</summary>
    /// <param name="cursor">Stands on the item.</param>
    /// <param name="owner">Whose the signature is when it carries no mark.</param>
    public static ReasoningBlock Read(ref JsonCursor cursor, Owner owner)
    {
        var block = new ReasoningBlock("");
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type":
                    cursor.Skip();
                    break;
                case "id":
                    block = block with { Id = cursor.ReadStringOrNull() };
                    break;
                case "summary" when cursor.IsArray:
                    block = block with { Summary = ReadTexts(ref cursor) };
                    break;
                case "content" when cursor.IsArray:
                    block = block with { Text = string.Concat(ReadTexts(ref cursor)) };
                    break;
                case "encrypted_content" when cursor.IsString:
                    block = WithSlot(block, cursor.ReadString(), owner);
                    break;
                case "status":
                    ResponsesWords.KeepStatus(ref cursor, extensions, name);
                    break;
                default:
                    ResponsesWords.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return Unwrapped(extensions.Count == 0 ? block : block with { Extensions = extensions });
    }

    /// <summary>Writes an item whole.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="id">Its id; null for none.</param>
    /// <param name="block">The thoughts.</param>
    /// <param name="slot">The text of <c>encrypted_content</c>; null for none.</param>
    /// <param name="target">Who reads it.</param>
    public static void Write(Utf8JsonWriter json, string? id, ReasoningBlock block, string? slot, Owner target)
    {
        json.WriteStartObject();
        json.WriteString("type", "reasoning");
        json.WriteIf("id", id);
        var isOwn = IsOwn(block);
        WriteTexts(json, "summary", "summary_text", isOwn || block.Text.Length == 0 ? block.Summary : [block.Text]);
        if (isOwn && block.Text.Length > 0)
        {
            WriteTexts(json, "content", "reasoning_text", [block.Text]);
        }

        json.WriteIf("encrypted_content", slot);
        json.WriteExtensions(block.Extensions, target);
        json.WriteEndObject();
    }

    /// <summary>True for thoughts that came as such an item.</summary>
    public static bool IsOwn(ReasoningBlock block) => block.Id is not null || block.Signature?.Owner.Dialect == Dialect.OpenAIResponses;

    /// <summary>
    /// The text of <c>encrypted_content</c> for a client; null when there is nothing to keep. Thoughts of another vendor that
    /// are not signed are marked all the same: OpenAI refuses items that it does not know, so they must be told from its own.
    /// </summary>
    /// <param name="block">The thoughts.</param>
    /// <param name="context">Who made the answer, and who reads it.</param>
    public static string? SlotOf(ReasoningBlock block, WriteContext context) =>
        (block.Signature ?? context.Unsigned)?.ForSlotOf(Dialect.OpenAIResponses) is { } slot
            ? (block.Redacted ? RedactedMark + slot : slot)
            : null;

    private static ReasoningBlock WithSlot(ReasoningBlock block, string slot, Owner owner)
    {
        var redacted = slot.StartsWith(RedactedMark, StringComparison.Ordinal);
        var signature = Signature.FromSlotOf(Dialect.OpenAIResponses, redacted ? slot[RedactedMark.Length..] : slot);
        return block with
        {
            Redacted = redacted,
            Signature = signature.Owner == ResponsesWords.Owner ? signature with { Owner = owner } : signature,
        };
    }

    /// <summary>What another vendor signed was wrapped by <see cref="Write"/>; the vendor must see it as it was.</summary>
    private static ReasoningBlock Unwrapped(ReasoningBlock block) =>
        block.Signature is { } signature && signature.Owner.Dialect != Dialect.OpenAIResponses
            ? block with { Id = null, Text = block.Shown, Summary = [] }
            : block;

    private static List<string> ReadTexts(ref JsonCursor cursor)
    {
        var texts = new List<string>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            var ahead = cursor;
            cursor.Skip();
            texts.Add(ahead.IsObject && ahead.Find("text"u8) && ahead.IsString ? ahead.ReadString() : "");
        }

        return texts;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, string type, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
