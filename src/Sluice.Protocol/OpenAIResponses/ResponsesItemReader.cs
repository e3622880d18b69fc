using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Reads items that the model made, in answers and where requests repeat them.</summary>
internal static class ResponsesItemReader
{
    /// <summary>Reads one item into blocks. What is not known is opaque.</summary>
    /// <param name="cursor">Stands on the item.</param>
    /// <param name="owner">Whose the signatures are that carry no mark.</param>
    /// <param name="blocks">Takes the blocks.</param>
    /// <param name="logprobs">Takes the probabilities of an answer's tokens; null in requests.</param>
    public static void Read(ref JsonCursor cursor, Owner owner, List<ContentBlock> blocks, List<TokenLogprob>? logprobs)
    {
        var type = cursor.PeekType();
        switch (type)
        {
            case "" or "message":
                blocks.AddRange(ReadMessage(ref cursor, owner, logprobs));
                break;
            case "reasoning":
                blocks.Add(ResponsesReasoning.Read(ref cursor, owner));
                break;
            case "function_call":
                blocks.Add(ReadCall(ref cursor, ToolCallKind.Function));
                break;
            case "custom_tool_call":
                blocks.Add(ReadCall(ref cursor, ToolCallKind.Custom));
                break;
            case "image_generation_call":
                blocks.Add(ReadImage(ref cursor));
                break;
            case "web_search_call" or "file_search_call" or "code_interpreter_call" or "mcp_call":
                blocks.Add(ReadServerCall(ref cursor, type, owner));
                break;
            default:
                blocks.Add(ReadOpaque(ref cursor, type));
                break;
        }
    }

    /// <summary>Reads an item as it stands.</summary>
    public static OpaqueBlock ReadOpaque(ref JsonCursor cursor, string type)
    {
        var id = FindId(cursor);
        return new OpaqueBlock(ResponsesWords.Owner, type, cursor.ReadRaw()) { Id = id };
    }

    /// <summary>Reads the unmodelled members and the id of a message item that is still empty, onto a part.</summary>
    public static ContentBlock WithItem(ContentBlock part, string? id, IReadOnlyList<Extension> members) => part is OpaqueBlock
        ? part
        : part with { Id = id, Extensions = [.. part.Extensions, .. members] };

    /// <summary>Reads a message's members; those that are not known carry the mark of a message.</summary>
    public static (string? Id, List<Extension> Members, List<ContentBlock> Content) ReadMessageMembers(
        ref JsonCursor cursor, Owner owner, List<TokenLogprob>? logprobs)
    {
        string? id = null;
        var members = new List<Extension>();
        List<ContentBlock> content = [];
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type" or "role":
                    cursor.Skip();
                    break;
                case "id":
                    id = cursor.ReadStringOrNull();
                    break;
                case "content":
                    content = ResponsesPartReader.ReadContent(ref cursor, owner, logprobs);
                    break;
                case "status":
                    ResponsesWords.KeepStatus(ref cursor, members, ResponsesWords.MessageMark + name);
                    break;
                default:
                    ResponsesWords.Keep(ref cursor, members, ResponsesWords.MessageMark + name);
                    break;
            }
        }

        return (id, members, content);
    }

    private static IEnumerable<ContentBlock> ReadMessage(ref JsonCursor cursor, Owner owner, List<TokenLogprob>? logprobs)
    {
        var (id, members, content) = ReadMessageMembers(ref cursor, owner, logprobs);
        return content.Select(part => WithItem(part, id, members));
    }

    private static ToolCallBlock ReadCall(ref JsonCursor cursor, ToolCallKind kind)
    {
        var call = new ToolCallBlock("", "", default) { Kind = kind };
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
                    call = call with { Id = cursor.ReadStringOrNull() };
                    break;
                case "call_id":
                    call = call with { CallId = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "name":
                    call = call with { Name = cursor.ReadString() };
                    break;
                case "arguments" or "input" when cursor.IsString:
                    call = call with { Arguments = new RawJson(cursor.ReadUtf8()) };
                    break;
                case "status":
                    ResponsesWords.KeepStatus(ref cursor, extensions, name);
                    break;
                default:
                    ResponsesWords.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return call.Name.Length == 0 ? throw new WireFormatException("a tool call must name its tool", "name")
            : extensions.Count == 0 ? call
            : call with { Extensions = extensions };
    }

    /// <summary>A picture that the model made; without its bytes the item is opaque.</summary>
    private static ContentBlock ReadImage(ref JsonCursor cursor)
    {
        var ahead = cursor;
        if (!ahead.Find("result"u8) || !ahead.IsString)
        {
            return ReadOpaque(ref cursor, "image_generation_call");
        }

        var image = new MediaBlock(MediaKind.Image, new InlineMedia(default)) { Id = "", MediaType = "image/png" };
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
                    image = image with { Id = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "result":
                    image = image with { Source = new InlineMedia(cursor.ReadUtf8()) };
                    break;
                case "status":
                    ResponsesWords.KeepStatus(ref cursor, extensions, name);
                    break;
                default:
                    image = name == "output_format" && cursor.IsString ? image with { MediaType = $"image/{cursor.ReadString()}" } : image;
                    ResponsesWords.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return extensions.Count == 0 ? image : image with { Extensions = extensions };
    }

    private static ServerToolCallBlock ReadServerCall(ref JsonCursor cursor, string type, Owner owner)
    {
        var action = cursor;
        var id = FindId(cursor);
        return new ServerToolCallBlock(owner, id, ResponsesWords.KindOf(type), cursor.ReadRaw())
        {
            Id = id,
            Input = action.Find("action"u8) && action.IsObject ? action.ReadRaw() : default,
        };
    }

    private static string FindId(JsonCursor cursor) => cursor.Find("id"u8) && cursor.IsString ? cursor.ReadString() : "";
}
