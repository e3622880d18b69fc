using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes the blocks of answers, whole and as they begin in a stream.</summary>
internal sealed class AnthropicAnswerBlocks(WriteContext context)
{
    private readonly ToolCallIds _ids = new(ToolCallIds.LongestElsewhere);

    /// <summary>True when the Messages API can show such a block; the report names the others.</summary>
    public bool Shows(ContentBlock block)
    {
        var shows = block switch
        {
            ServerToolCallBlock { Owner: var owner } => owner.Dialect == Dialect.AnthropicMessages,
            ServerToolResultBlock { Owner: var owner } => owner.Dialect == Dialect.AnthropicMessages,
            OpaqueBlock { Owner: var owner } => owner.Dialect == Dialect.AnthropicMessages,
            MediaBlock or ToolResultBlock => false,
            _ => true,
        };
        if (!shows)
        {
            context.Report.Drop(NameOf(block));
        }

        return shows;
    }

    /// <summary>Writes a block.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="block">A block that <see cref="Shows"/> accepts.</param>
    /// <param name="begins">True in a stream, where text, thoughts and arguments follow in deltas.</param>
    public void Write(Utf8JsonWriter json, ContentBlock block, bool begins)
    {
        switch (block)
        {
            case ServerToolCallBlock call:
                json.WriteRaw(call.Raw);
                return;
            case ServerToolResultBlock result:
                json.WriteRaw(result.Raw);
                return;
            case OpaqueBlock opaque:
                json.WriteRaw(opaque.Raw);
                return;
            default:
                json.WriteStartObject();
                WriteMembers(json, block, begins);
                json.WriteExtensions(block.Extensions, context.Target);
                json.WriteEndObject();
                return;
        }
    }

    private void WriteMembers(Utf8JsonWriter json, ContentBlock block, bool begins)
    {
        switch (block)
        {
            case ReasoningBlock { Redacted: true, Signature: { } data }:
                json.WriteString("type", "redacted_thinking");
                json.WriteString("data", data.ForSlotOf(Dialect.AnthropicMessages));
                break;
            case ReasoningBlock reasoning:
                json.WriteString("type", "thinking");
                json.WriteString("thinking", begins ? "" : reasoning.Shown);
                json.WriteString("signature", begins ? "" : (reasoning.Signature ?? context.Unsigned)?.ForSlotOf(Dialect.AnthropicMessages) ?? "");
                break;
            case ToolCallBlock call:
                json.WriteString("type", "tool_use");
                json.WriteString("id", _ids.OfCall(call.CallId));
                json.WriteString("name", call.Name);
                AnthropicToolInput.Write(json, begins ? call with { Arguments = RawJson.EmptyObject } : call, context.Report);
                break;
            case RefusalBlock refusal:
                json.WriteString("type", "text");
                json.WriteString("text", begins ? "" : refusal.Text);
                json.WriteNull("citations");
                break;
            case TextBlock text:
                json.WriteString("type", "text");
                json.WriteString("text", begins ? "" : text.Text);
                WriteCitations(json, begins ? [] : text.Citations);
                break;
            default:
                break;
        }
    }

    private static void WriteCitations(Utf8JsonWriter json, IReadOnlyList<Citation> citations)
    {
        if (citations.Count == 0)
        {
            json.WriteNull("citations");
            return;
        }

        json.WriteStartArray("citations");
        foreach (var citation in citations)
        {
            AnthropicCitations.Write(json, citation);
        }

        json.WriteEndArray();
    }

    private static string NameOf(ContentBlock block) => block switch
    {
        OpaqueBlock opaque => opaque.Type,
        MediaBlock media => media.Kind.ToString().ToLowerInvariant(),
        ServerToolResultBlock => "server_tool_result",
        _ => "server_tool_use",
    };
}
