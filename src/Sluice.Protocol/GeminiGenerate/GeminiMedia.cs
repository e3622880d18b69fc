using System.Buffers;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads <c>inlineData</c> and <c>fileData</c>.</summary>
internal static class GeminiMedia
{
    private const string FilesPath = "/files/";
    private const string GoogleHost = "generativelanguage.googleapis.com";
    private static readonly SearchValues<byte> UrlAlphabet = SearchValues.Create("-_"u8);

    /// <summary>Reads the bytes themselves.</summary>
    /// <param name="cursor">Stands on the object.</param>
    /// <param name="extensions">Takes unmodelled members.</param>
    public static MediaBlock ReadInline(ref JsonCursor cursor, List<Extension> extensions)
    {
        var media = new MediaBlock(MediaKind.Document, new InlineMedia(default));
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (GeminiNames.Camel(name) == "data" && !cursor.IsNull)
            {
                media = media with { Source = new InlineMedia(ToStandard(cursor.ReadUtf8())) };
            }
            else
            {
                media = ReadCommon(ref cursor, media, name, extensions, GeminiNames.Inline);
            }
        }

        return media;
    }

    /// <summary>Reads where the bytes are.</summary>
    /// <param name="cursor">Stands on the object.</param>
    /// <param name="extensions">Takes unmodelled members.</param>
    public static MediaBlock ReadFile(ref JsonCursor cursor, List<Extension> extensions)
    {
        var media = new MediaBlock(MediaKind.Document, new UrlMedia(""));
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (GeminiNames.Camel(name) == "fileUri" && !cursor.IsNull)
            {
                media = media with { Source = SourceOf(cursor.ReadString()) };
            }
            else
            {
                media = ReadCommon(ref cursor, media, name, extensions, GeminiNames.File);
            }
        }

        return media;
    }

    private static MediaBlock ReadCommon(ref JsonCursor cursor, MediaBlock media, string name, List<Extension> extensions, string path)
    {
        switch (GeminiNames.Camel(name))
        {
            case "mimeType" when cursor.IsString:
                var type = cursor.ReadString();
                return media with { MediaType = type, Kind = KindOf(type) };
            case "displayName" when cursor.IsString:
                return media with { Name = cursor.ReadString() };
            default:
                GeminiNames.Keep(ref cursor, extensions, path + name);
                return media;
        }
    }

    private static MediaKind KindOf(string mediaType) => mediaType.Split('/')[0] switch
    {
        "image" => MediaKind.Image,
        "audio" => MediaKind.Audio,
        "video" => MediaKind.Video,
        _ => MediaKind.Document,
    };

    /// <summary>Files of the Gemini API belong to the key that uploaded them; anything else is a place on the network.</summary>
    private static MediaSource SourceOf(string uri) =>
        uri.Contains(FilesPath, StringComparison.Ordinal) && uri.Contains(GoogleHost, StringComparison.Ordinal)
            ? new FileMedia(GeminiWords.Owner, uri)
            : new UrlMedia(uri);

    /// <summary>Google reads base64 in both alphabets and without its end; others only know one.</summary>
    private static ReadOnlyMemory<byte> ToStandard(ReadOnlyMemory<byte> base64)
    {
        if (base64.Length % 4 == 0 && !base64.Span.ContainsAny(UrlAlphabet))
        {
            return base64;
        }

        var text = base64.Span.TrimEnd((byte)'=');
        var standard = new byte[(text.Length + 3) / 4 * 4];
        text.CopyTo(standard);
        standard.AsSpan(text.Length).Fill((byte)'=');
        standard.AsSpan().Replace((byte)'-', (byte)'+');
        standard.AsSpan().Replace((byte)'_', (byte)'/');
        return standard;
    }
}
