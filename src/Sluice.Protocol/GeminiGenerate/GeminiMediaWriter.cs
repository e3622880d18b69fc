using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes pictures, documents, sound and films as <c>inlineData</c> or <c>fileData</c>.</summary>
internal static class GeminiMediaWriter
{
    /// <summary>Media types by the end of a URL, since Google asks for one and other dialects give none.</summary>
    private static readonly (string End, string MediaType)[] Types =
    [
        (".png", "image/png"),
        (".jpg", "image/jpeg"),
        (".jpeg", "image/jpeg"),
        (".webp", "image/webp"),
        (".gif", "image/gif"),
        (".heic", "image/heic"),
        (".pdf", "application/pdf"),
        (".txt", "text/plain"),
        (".csv", "text/csv"),
        (".html", "text/html"),
        (".mp3", "audio/mp3"),
        (".wav", "audio/wav"),
        (".mp4", "video/mp4"),
        (".webm", "video/webm"),
    ];

    /// <summary>True when Google takes this as one member of a part.</summary>
    public static bool IsTaken(MediaBlock media, Owner target) => media.Source switch
    {
        FileMedia file => file.Owner.Accepts(target),
        BlockMedia => false,
        _ => true,
    };

    /// <summary>Writes the member, and those that the model does not know of its inside.</summary>
    public static void Write(Utf8JsonWriter json, MediaBlock media, WriteContext context)
    {
        switch (media.Source)
        {
            case InlineMedia inline:
                WriteInline(json, media, inline.Base64.Span, context);
                break;
            case TextMedia text:
                WriteInline(json, media with { MediaType = media.MediaType ?? "text/plain" }, ToBase64(text.Text), context);
                break;
            case UrlMedia url:
                WriteFile(json, media, url.Url, context);
                break;
            case FileMedia file:
                WriteFile(json, media, file.FileId, context);
                break;
            default:
                break;
        }
    }

    private static void WriteInline(Utf8JsonWriter json, MediaBlock media, ReadOnlySpan<byte> base64, WriteContext context)
    {
        json.WriteStartObject("inlineData");
        json.WriteString("mimeType", media.MediaType ?? DefaultType(media.Kind));
        json.WriteString("data", base64);
        WriteName(json, media, context);
        json.WriteExtensions(GeminiNames.Inside(media.Extensions, GeminiNames.Inline, context.Target), context.Target);
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, MediaBlock media, string uri, WriteContext context)
    {
        json.WriteStartObject("fileData");
        json.WriteIf("mimeType", media.MediaType ?? (GeminiWords.IsOwnClient(context) ? null : TypeOf(uri) ?? DefaultType(media.Kind)));
        json.WriteString("fileUri", uri);
        WriteName(json, media, context);
        json.WriteExtensions(GeminiNames.Inside(media.Extensions, GeminiNames.File, context.Target), context.Target);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, MediaBlock media, WriteContext context)
    {
        if (GeminiWords.TakesCloudMembers(context))
        {
            json.WriteIf("displayName", media.Name);
        }
        else if (media.Name is not null)
        {
            context.Report.Adjust("the name of a file was left out");
        }
    }

    private static string? TypeOf(string uri)
    {
        var path = uri.Split('?', '#')[0];
        foreach (var row in Types)
        {
            if (path.EndsWith(row.End, StringComparison.OrdinalIgnoreCase))
            {
                return row.MediaType;
            }
        }

        return null;
    }

    private static string DefaultType(MediaKind kind) => kind switch
    {
        MediaKind.Image => "image/jpeg",
        MediaKind.Audio => "audio/wav",
        MediaKind.Video => "video/mp4",
        _ => "application/pdf",
    };

    private static byte[] ToBase64(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var base64 = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        _ = Base64.EncodeToUtf8(bytes, base64, out _, out _);
        return base64;
    }
}
