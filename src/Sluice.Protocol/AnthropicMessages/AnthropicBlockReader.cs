using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Reads content blocks, of requests, of answers and of the starts of streamed blocks alike.</summary>
internal static class AnthropicBlockReader
{
    private const string ResultSuffix = "_tool_result";

    /// <summary>Reads content: a string or an array of blocks.</summary>
    /// <param name="cursor">Stands on the content.</param>
    /// <param name="owner">Whose the signatures are that carry no mark.</param>
    public static List<ContentBlock> ReadContent(ref JsonCursor cursor, Owner owner)
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
            blocks.Add(ReadBlock(ref cursor, owner));
        }

        return blocks;
    }

    /// <summary>Reads one block. What is not known is opaque.</summary>
    public static ContentBlock ReadBlock(ref JsonCursor cursor, Owner owner)
    {
        var type = cursor.RequireType();
        switch (type)
        {
            case "text":
                return ReadMembers(ref cursor, new TextBlock(""), owner);
            case "thinking":
                return ReadMembers(ref cursor, new ReasoningBlock(""), owner);
            case "redacted_thinking":
                return ReadMembers(ref cursor, new ReasoningBlock("") { Redacted = true }, owner);
            case "tool_use":
                return ReadMembers(ref cursor, new ToolCallBlock("", "", default), owner);
            case "tool_result":
                return ReadMembers(ref cursor, new ToolResultBlock("", []), owner);
            case "image":
                return ReadMembers(ref cursor, new MediaBlock(MediaKind.Image, new TextMedia("")), owner);
            case "document":
                return ReadMembers(ref cursor, new MediaBlock(MediaKind.Document, new TextMedia("")), owner);
            case "server_tool_use":
                return ReadServerCall(ref cursor, owner);
            default:
                return type.EndsWith(ResultSuffix, StringComparison.Ordinal)
                    ? ReadServerResult(ref cursor, type, owner)
                    : new OpaqueBlock(new Owner(Dialect.AnthropicMessages), type, cursor.ReadRaw());
        }
    }

    private static ContentBlock ReadMembers(ref JsonCursor cursor, ContentBlock block, Owner owner)
    {
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type":
                    cursor.Skip();
                    break;
                case "cache_control":
                    block = block with { Cache = AnthropicWords.ReadMark(ref cursor) };
                    break;
                default:
                    if (ReadMember(ref cursor, block, name, owner) is { } read)
                    {
                        block = read;
                    }
                    else
                    {
                        AnthropicWords.Keep(ref cursor, extensions, name);
                    }

                    break;
            }
        }

        return extensions.Count == 0 ? block : block with { Extensions = extensions };
    }

    /// <summary>Reads a member that belongs to this kind of block; null when none of that name does.</summary>
    private static ContentBlock? ReadMember(ref JsonCursor cursor, ContentBlock block, string name, Owner owner) => (block, name) switch
    {
        (TextBlock text, "text") => text with { Text = cursor.ReadString() },
        (TextBlock text, "citations") => text with { Citations = AnthropicCitations.Read(ref cursor, owner) },
        (ReasoningBlock thinking, "thinking") => thinking with { Text = cursor.ReadString() },
        (ReasoningBlock thinking, "signature" or "data") => thinking with { Signature = ReadSignature(ref cursor, owner) },
        (ToolCallBlock call, "id") => call with { CallId = cursor.ReadString() },
        (ToolCallBlock call, "name") => call with { Name = cursor.ReadString() },
        (ToolCallBlock call, "input") => call with { Arguments = cursor.ReadRaw() },
        (ToolResultBlock result, "tool_use_id") => result with { CallId = cursor.ReadString() },
        (ToolResultBlock result, "content") => result with { Content = ReadContent(ref cursor, owner) },
        (ToolResultBlock result, "is_error") => result with { IsError = cursor.ReadFlagOrNull() ?? false },
        (MediaBlock media, "source") => AnthropicMedia.ReadSource(ref cursor, media, owner),
        (MediaBlock media, "title") => media with { Name = cursor.ReadStringOrNull() },
        (MediaBlock media, "context") => media with { Context = cursor.ReadStringOrNull() },
        (MediaBlock media, "citations") => media with { Cite = ReadCite(ref cursor) },
        _ => null,
    };

    private static Signature? ReadSignature(ref JsonCursor cursor, Owner owner)
    {
        var slot = cursor.ReadStringOrNull();
        if (string.IsNullOrEmpty(slot))
        {
            return null;
        }

        var signature = Signature.FromSlotOf(Dialect.AnthropicMessages, slot);
        return signature.Owner == AnthropicWords.Owner ? signature with { Owner = owner } : signature;
    }

    private static bool? ReadCite(ref JsonCursor cursor)
    {
        var ahead = cursor;
        cursor.Skip();
        return ahead.IsObject && ahead.Find("enabled"u8) ? ahead.ReadFlagOrNull() : null;
    }

    private static ServerToolCallBlock ReadServerCall(ref JsonCursor cursor, Owner owner)
    {
        var ahead = cursor;
        var call = new ServerToolCallBlock(owner, "", ServerToolKind.Other, cursor.ReadRaw());
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            switch (name)
            {
                case "id":
                    call = call with { CallId = ahead.ReadString() };
                    break;
                case "name":
                    call = call with { Tool = AnthropicWords.KindOf(ahead.ReadString()) };
                    break;
                case "input":
                    call = call with { Input = ahead.ReadRaw() };
                    break;
                default:
                    ahead.Skip();
                    break;
            }
        }

        return call;
    }

    private static ServerToolResultBlock ReadServerResult(ref JsonCursor cursor, string type, Owner owner)
    {
        var ahead = cursor;
        var result = new ServerToolResultBlock(owner, "", AnthropicWords.KindOf(type), cursor.ReadRaw());
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            if (name == "tool_use_id")
            {
                result = result with { CallId = ahead.ReadString() };
            }
            else if (name == "content" && ahead.IsArray)
            {
                result = result with { Sources = ReadSources(ref ahead) };
            }
            else
            {
                ahead.Skip();
            }
        }

        return result;
    }

    private static List<Source> ReadSources(ref JsonCursor cursor)
    {
        var sources = new List<Source>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            var ahead = cursor;
            cursor.Skip();
            if (ahead.IsObject && AnthropicCitations.ReadSource(ref ahead) is { Url: not null } source)
            {
                sources.Add(source);
            }
        }

        return sources;
    }
}
