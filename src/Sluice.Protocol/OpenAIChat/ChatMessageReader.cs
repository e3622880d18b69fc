using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads messages and their parts.</summary>
internal static class ChatMessageReader
{
    public static List<ChatMessage> ReadMessages(ref JsonCursor cursor)
    {
        var messages = new List<ChatMessage>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            messages.Add(ReadMessage(ref cursor));
        }

        return messages;
    }

    private static ChatMessage ReadMessage(ref JsonCursor cursor)
    {
        var message = new ChatAssistant();
        Role? role = null;
        string? speaker = null;
        var callId = "";
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "role":
                    role = RoleOf(ref cursor);
                    break;
                case "name":
                    speaker = cursor.ReadStringOrNull();
                    break;
                case "tool_call_id":
                    callId = cursor.ReadStringOrNull() ?? "";
                    break;
                default:
                    message.ReadMember(ref cursor, name, ChatWords.Owner);
                    break;
            }
        }

        var content = message.ToBlocks();
        return role switch
        {
            null => throw new WireFormatException("a message must have a 'role'", "messages"),
            Role.Tool => new ChatMessage(Role.Tool, [new ToolResultBlock(callId, content) { Extensions = message.Extensions }]) { Name = speaker },
            _ => new ChatMessage(role.Value, content) { Name = speaker, Extensions = message.Extensions },
        };
    }

    private static Role RoleOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "system" => Role.System,
        "developer" => Role.Developer,
        "user" => Role.User,
        "assistant" => Role.Assistant,
        "tool" => Role.Tool,
        _ => throw cursor.Wrong("one of system, developer, user, assistant and tool"),
    };

    /// <summary>Reads content: a string, an array of parts, or null.</summary>
    public static List<ContentBlock> ReadContent(ref JsonCursor cursor)
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
            blocks.Add(ReadPart(ref cursor));
        }

        return blocks;
    }

    private static ContentBlock ReadPart(ref JsonCursor cursor)
    {
        var type = cursor.RequireType();
        ContentBlock? known = type switch
        {
            "text" => new TextBlock(""),
            "refusal" => new RefusalBlock(""),
            "image_url" => new MediaBlock(MediaKind.Image, new UrlMedia("")),
            "input_audio" => new MediaBlock(MediaKind.Audio, new UrlMedia("")),
            "file" => new MediaBlock(MediaKind.Document, new UrlMedia("")),
            _ => null,
        };
        return known is null ? new OpaqueBlock(ChatWords.Owner, type, cursor.ReadRaw()) : ReadKnownPart(ref cursor, known);
    }

    private static ContentBlock ReadKnownPart(ref JsonCursor cursor, ContentBlock block)
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
                case ("refusal", RefusalBlock refusal):
                    block = refusal with { Text = cursor.ReadString() };
                    break;
                case ("image_url", MediaBlock image):
                    block = ReadImage(ref cursor, image);
                    break;
                case ("input_audio", MediaBlock audio):
                    block = ReadAudio(ref cursor, audio);
                    break;
                case ("file", MediaBlock file):
                    block = ReadFile(ref cursor, file);
                    break;
                case ("prompt_cache_breakpoint" or "cache_control", _):
                    block = block with { Cache = ReadMark(ref cursor) ?? block.Cache };
                    break;
                default:
                    Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return extensions.Count == 0 ? block : block with { Extensions = extensions };
    }

    /// <summary>OpenAI's breakpoint, or Anthropic's mark, which clients of many gateways send in Chat; both prolong the prefix.</summary>
    public static CacheMark? ReadMark(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
        {
            return null;
        }

        var life = CacheLife.Default;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "ttl" && cursor.IsString)
            {
                life = cursor.ReadString() == "1h" ? CacheLife.OneHour : CacheLife.FiveMinutes;
            }
            else
            {
                cursor.Skip();
            }
        }

        return new CacheMark(life);
    }

    public static void Keep(ref JsonCursor cursor, List<Extension> extensions, string name)
    {
        if (!cursor.IsNull)
        {
            extensions.Add(new Extension(ChatWords.Owner, name, cursor.ReadRaw()));
        }
    }

    /// <summary>Some vendors' clients give the URL alone in place of the object.</summary>
    private static MediaBlock ReadImage(ref JsonCursor cursor, MediaBlock image)
    {
        if (cursor.IsString)
        {
            return WithUrl(image, cursor.ReadUtf8());
        }

        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "url")
            {
                image = WithUrl(image, cursor.ReadUtf8());
            }
            else if (name == "detail")
            {
                image = image with { Detail = cursor.ReadStringOrNull() };
            }
            else
            {
                cursor.Skip();
            }
        }

        return image;
    }

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

    private static MediaBlock ReadFile(ref JsonCursor cursor, MediaBlock file)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "file_id" && cursor.IsString)
            {
                file = file with { Source = new FileMedia(ChatWords.Owner, cursor.ReadString()) };
            }
            else if (name == "file_data" && cursor.IsString)
            {
                file = WithFileData(file, cursor.ReadUtf8());
            }
            else if (name == "filename")
            {
                file = file with { Name = cursor.ReadStringOrNull() };
            }
            else
            {
                cursor.Skip();
            }
        }

        return file;
    }

    private static MediaBlock WithUrl(MediaBlock media, ReadOnlyMemory<byte> url) =>
        DataUrl.TryParse(url, out var type, out var data)
            ? media with { MediaType = type, Source = new InlineMedia(data) }
            : media with { Source = new UrlMedia(System.Text.Encoding.UTF8.GetString(url.Span)) };

    /// <summary>A data URL, or base64 alone, which OpenAI takes for a PDF.</summary>
    private static MediaBlock WithFileData(MediaBlock file, ReadOnlyMemory<byte> data) =>
        DataUrl.TryParse(data, out var type, out var base64)
            ? file with { MediaType = type, Source = new InlineMedia(base64) }
            : file with { MediaType = "application/pdf", Source = new InlineMedia(data) };
}
