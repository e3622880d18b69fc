using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>The <c>source</c> of images and documents.</summary>
internal static class AnthropicMedia
{
    public static MediaBlock ReadSource(ref JsonCursor cursor, MediaBlock media, Owner owner)
    {
        var type = cursor.PeekType();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            media = (name, type) switch
            {
                ("media_type", _) => media with { MediaType = cursor.ReadStringOrNull() },
                ("data", "text") => media with { Source = new TextMedia(cursor.ReadString()) },
                ("data", _) => media with { Source = new InlineMedia(cursor.ReadUtf8()) },
                ("url", _) => media with { Source = new UrlMedia(cursor.ReadString()) },
                ("file_id", _) => media with { Source = new FileMedia(AnthropicWords.Owner, cursor.ReadString()) },
                ("content", _) => media with { Source = new BlockMedia(AnthropicBlockReader.ReadContent(ref cursor, owner)) },
                _ => Skipped(ref cursor, media),
            };
        }

        return media;
    }

    private static MediaBlock Skipped(ref JsonCursor cursor, MediaBlock media)
    {
        cursor.Skip();
        return media;
    }

    /// <summary>True when the Messages API takes such a thing from the user or a tool.</summary>
    public static bool IsTaken(MediaBlock media, Owner target) =>
        media.Kind is MediaKind.Image or MediaKind.Document && media.Source is not FileMedia || media.Source is FileMedia file && file.Owner.Accepts(target);

    /// <summary>Writes the source. Documents as bytes may only be PDF; text is written as text.</summary>
    public static void WriteSource(Utf8JsonWriter json, MediaBlock media, Action<IReadOnlyList<ContentBlock>> writeBlocks)
    {
        json.WriteStartObject("source");
        switch (media.Source)
        {
            case InlineMedia inline when media.Kind == MediaKind.Document && media.MediaType?.StartsWith("text/", StringComparison.Ordinal) is true:
                WriteText(json, TextOf(inline.Base64.Span));
                break;
            case InlineMedia inline:
                json.WriteString("type", "base64");
                json.WriteString("media_type", media.MediaType ?? (media.Kind == MediaKind.Image ? "image/png" : "application/pdf"));
                json.WriteString("data", inline.Base64.Span);
                break;
            case UrlMedia url:
                json.WriteString("type", "url");
                json.WriteString("url", url.Url);
                break;
            case FileMedia file:
                json.WriteString("type", "file");
                json.WriteString("file_id", file.FileId);
                break;
            case TextMedia text:
                WriteText(json, text.Text);
                break;
            case BlockMedia blocks:
                json.WriteString("type", "content");
                json.WritePropertyName("content");
                writeBlocks(blocks.Blocks);
                break;
            default:
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteString("type", "text");
        json.WriteString("media_type", "text/plain");
        json.WriteString("data", text);
    }

    private static string TextOf(ReadOnlySpan<byte> base64)
    {
        var bytes = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        _ = System.Buffers.Text.Base64.DecodeFromUtf8(base64, bytes, out _, out var length);
        return Encoding.UTF8.GetString(bytes.AsSpan(0, length));
    }
}
