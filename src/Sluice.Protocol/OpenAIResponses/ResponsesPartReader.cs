using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Reads the parts of messages and of tool outputs.</summary>
internal static class ResponsesPartReader
{
    private static readonly UrlMedia Nowhere = new("");

    /// <summary>Reads content: a string, an array of parts, or null.</summary>
    /// <param name="cursor">Stands on the content.</param>
    /// <param name="owner">Whose the citations are.</param>
    /// <param name="logprobs">Takes the probabilities of an answer's tokens; null in requests, where they are kept as they are.</param>
    public static List<ContentBlock> ReadContent(ref JsonCursor cursor, Owner owner, List<TokenLogprob>? logprobs)
    {
        var blocks = new List<ContentBlock>();
        if (cursor.IsNull)
        {
            return blocks;
        }

        if (cursor.IsString)
        {
            blocks.Add(new TextBlock(cursor.ReadString()));
            return blocks;
        }

        if (!cursor.IsArray)
        {
            throw cursor.Wrong("a string or an array");
        }

        cursor.BeginArray();
        while (cursor.NextItem())
        {
            blocks.Add(ReadPart(ref cursor, owner, logprobs));
        }

        return blocks;
    }

    /// <summary>Reads one part. What is not known is opaque.</summary>
    public static ContentBlock ReadPart(ref JsonCursor cursor, Owner owner, List<TokenLogprob>? logprobs)
    {
        var type = cursor.RequireType();
        ContentBlock? known = type switch
        {
            "input_text" or "output_text" or "text" => new TextBlock(""),
            "refusal" => new RefusalBlock(""),
            "input_image" => new MediaBlock(MediaKind.Image, Nowhere),
            "input_file" => new MediaBlock(MediaKind.Document, Nowhere),
            "input_audio" => new MediaBlock(MediaKind.Audio, Nowhere),
            _ => null,
        };
        return known is null ? new OpaqueBlock(ResponsesWords.Owner, type, cursor.ReadRaw()) : ReadKnownPart(ref cursor, known, owner, logprobs);
    }

    private static ContentBlock ReadKnownPart(ref JsonCursor cursor, ContentBlock block, Owner owner, List<TokenLogprob>? logprobs)
    {
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name, block)
            {
                case ("type", _):
                    cursor.Skip();
                    break;
                case ("text", TextBlock text):
                    block = text with { Text = cursor.ReadString() };
                    break;
                case ("annotations", TextBlock text):
                    block = text with { Citations = ResponsesCitations.Read(ref cursor, owner) };
                    break;
                case ("logprobs", TextBlock):
                    ReadLogprobs(ref cursor, logprobs, extensions);
                    break;
                case ("refusal", RefusalBlock refusal):
                    block = refusal with { Text = cursor.ReadString() };
                    break;
                case ("prompt_cache_breakpoint", _):
                    block = cursor.IsNull ? block : block with { Cache = new CacheMark(CacheLife.Default) };
                    cursor.Skip();
                    break;
                default:
                    block = ReadOther(ref cursor, block, name, extensions);
                    break;
            }
        }

        if (block is MediaBlock { Source: UrlMedia { Url.Length: 0 } })
        {
            throw new WireFormatException("a picture, file or sound must say where its bytes are", "input");
        }

        return extensions.Count == 0 ? block : block with { Extensions = extensions };
    }

    private static ContentBlock ReadOther(ref JsonCursor cursor, ContentBlock block, string name, List<Extension> extensions)
    {
        if (block is MediaBlock media && ReadMedia(ref cursor, media, name) is { } read)
        {
            return read;
        }

        ResponsesWords.Keep(ref cursor, extensions, name);
        return block;
    }

    private static void ReadLogprobs(ref JsonCursor cursor, List<TokenLogprob>? logprobs, List<Extension> extensions)
    {
        var ahead = cursor;
        if (!cursor.IsArray || !ahead.NextItem())
        {
            cursor.Skip();
        }
        else if (logprobs is null)
        {
            ResponsesWords.Keep(ref cursor, extensions, "logprobs");
        }
        else
        {
            logprobs.AddRange(ChatLogprobs.ReadTokens(ref cursor));
        }
    }

    /// <summary>Reads a member that belongs to this kind of thing; null when none of that name does.</summary>
    private static MediaBlock? ReadMedia(ref JsonCursor cursor, MediaBlock media, string name) => (name, media.Kind) switch
    {
        ("file_id" or "image_url" or "file_url" or "file_data" or "filename" or "detail", MediaKind.Image or MediaKind.Document) when cursor.IsNull => media,
        ("detail", MediaKind.Image or MediaKind.Document) => media with { Detail = cursor.ReadString() },
        ("file_id", MediaKind.Image or MediaKind.Document) => media with { Source = new FileMedia(ResponsesWords.Owner, cursor.ReadString()) },
        ("image_url", MediaKind.Image) or ("file_url", MediaKind.Document) => WithUrl(media, cursor.ReadUtf8()),
        ("file_data", MediaKind.Document) => WithFileData(media, cursor.ReadUtf8()),
        ("filename", MediaKind.Document) => media with { Name = cursor.ReadString() },
        ("input_audio", MediaKind.Audio) => ReadAudio(ref cursor, media),
        _ => null,
    };

    private static MediaBlock WithUrl(MediaBlock media, ReadOnlyMemory<byte> url) =>
        DataUrl.TryParse(url, out var type, out var data)
            ? media with { MediaType = type, Source = new InlineMedia(data) }
            : media with { Source = new UrlMedia(Encoding.UTF8.GetString(url.Span)) };

    /// <summary>A data URL, or base64 alone, which OpenAI takes for a PDF.</summary>
    private static MediaBlock WithFileData(MediaBlock file, ReadOnlyMemory<byte> data) =>
        DataUrl.TryParse(data, out var type, out var base64)
            ? file with { MediaType = type, Source = new InlineMedia(base64) }
            : file with { MediaType = "application/pdf", Source = new InlineMedia(data) };

    private static MediaBlock ReadAudio(ref JsonCursor cursor, MediaBlock audio)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "data")
            {
                audio = audio with { Source = new InlineMedia(cursor.ReadUtf8()) };
            }
            else if (name == "format")
            {
                audio = audio with { MediaType = ChatAudio.ToMediaType(cursor.ReadString()) };
            }
            else
            {
                cursor.Skip();
            }
        }

        return audio;
    }
}
