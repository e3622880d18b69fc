using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes the parts of answers.</summary>
internal sealed class GeminiAnswerParts(Utf8JsonWriter json, WriteContext context)
{
    private readonly GeminiPartWriter _parts = new(json, context);

    /// <summary>True when Gemini can show such a block; the report names the others.</summary>
    public static bool Shows(ContentBlock block, TranslationReport report)
    {
        var shows = block switch
        {
            ServerToolCallBlock { Owner: var owner } => owner.Dialect == Dialect.GeminiGenerate,
            ServerToolResultBlock { Owner: var owner } => owner.Dialect == Dialect.GeminiGenerate,
            OpaqueBlock { Owner: var owner } => owner.Dialect == Dialect.GeminiGenerate,
            MediaBlock { Source: BlockMedia } or ToolResultBlock => false,
            MediaBlock { Source: FileMedia file } => file.Owner.Dialect == Dialect.GeminiGenerate,
            _ => true,
        };
        if (!shows)
        {
            report.Drop(NameOf(block));
        }

        return shows;
    }

    /// <summary>Writes a block that <see cref="Shows"/> accepts.</summary>
    public void Write(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                _parts.WriteText(text.Text, GeminiSignatures.ForSlot(text.Signature), text.Extensions);
                break;
            case RefusalBlock refusal:
                _parts.WriteText(refusal.Text, null, refusal.Extensions);
                break;
            case ReasoningBlock reasoning:
                _parts.WriteThought(reasoning.Shown, GeminiSignatures.ForSlot(reasoning.Signature, reasoning.Redacted), reasoning.Extensions);
                break;
            case ToolCallBlock call:
                // Google refuses unsigned calls, so that another vendor's must be told from Google's own.
                _parts.WriteCall(call, GeminiSignatures.ForSlot(call.Signature ?? context.Unsigned));
                break;
            case MediaBlock media:
                _parts.WriteMedia(media, GeminiSignatures.ForSlot(media.Signature), withDetail: true);
                break;
            case ServerToolCallBlock call:
                json.WriteRaw(call.Raw);
                break;
            case ServerToolResultBlock result:
                json.WriteRaw(result.Raw);
                break;
            case OpaqueBlock opaque:
                json.WriteRaw(opaque.Raw);
                break;
            default:
                break;
        }
    }

    private static string NameOf(ContentBlock block) => block switch
    {
        OpaqueBlock opaque => opaque.Type,
        MediaBlock => "file",
        ServerToolResultBlock => "server_tool_result",
        _ => "server_tool_use",
    };
}
