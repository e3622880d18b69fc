using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes the items of an answer.</summary>
internal sealed class ResponsesAnswerItems(WriteContext context)
{
    private readonly ToolCallIds _ids = new(ToolCallIds.LongestElsewhere);

    /// <summary>True when the Responses API can show such a block; the report names the others.</summary>
    public bool Shows(ContentBlock block)
    {
        var lost = block switch
        {
            ServerToolCallBlock { Owner.Dialect: Dialect.OpenAIResponses } or ServerToolCallBlock { Tool: ServerToolKind.WebSearch } => null,
            ServerToolCallBlock => "server_tool_call",
            // The call stands for its result too.
            ServerToolResultBlock { Tool: ServerToolKind.WebSearch } => "",
            ServerToolResultBlock => "server_tool_result",
            OpaqueBlock opaque => opaque.Owner.Dialect == Dialect.OpenAIResponses ? null : opaque.Type,
            MediaBlock { Kind: MediaKind.Image, Source: InlineMedia } => null,
            MediaBlock media => media.Kind.ToString().ToLowerInvariant(),
            ToolResultBlock => "tool_result",
            _ => null,
        };
        if (lost?.Length > 0)
        {
            context.Report.Drop(lost);
        }

        return lost is null;
    }

    /// <summary>The block with the id that clients see of its call; to be asked once for each.</summary>
    public ContentBlock WithCallId(ContentBlock block) => block is ToolCallBlock call ? call with { CallId = _ids.OfCall(call.CallId) } : block;

    /// <summary>Writes a complete item.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="item">The parts of a message, or one block of another kind.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="logprobs">How likely the tokens of the first text were.</param>
    public void Write(Utf8JsonWriter json, IReadOnlyList<ContentBlock> item, string id, IReadOnlyList<TokenLogprob> logprobs)
    {
        switch (item[0])
        {
            case ReasoningBlock reasoning:
                ResponsesReasoning.Write(json, id, reasoning, ResponsesReasoning.SlotOf(reasoning, context), context.Target);
                break;
            case ToolCallBlock call:
                WriteCall(json, call, id, begins: false);
                break;
            case ServerToolCallBlock { Owner.Dialect: Dialect.OpenAIResponses } call:
                json.WriteRaw(call.Raw);
                break;
            case ServerToolCallBlock search:
                WriteSearch(json, search, id);
                break;
            case MediaBlock { Source: InlineMedia picture } image:
                ResponsesAnswerParts.WriteImage(json, id, image, picture, context.Target);
                break;
            case OpaqueBlock { Id: not null } opaque:
                json.WriteRaw(opaque.Raw);
                break;
            default:
                WriteMessage(json, item, id, logprobs);
                break;
        }
    }

    /// <summary>Writes an item as it begins in a stream: empty.</summary>
    public void WriteBeginning(Utf8JsonWriter json, ContentBlock block, string id)
    {
        switch (block)
        {
            case ReasoningBlock reasoning:
                ResponsesReasoning.Write(json, id, new ReasoningBlock("") { Extensions = reasoning.Extensions }, ResponsesReasoning.SlotOf(reasoning, context), context.Target);
                break;
            case ToolCallBlock call:
                WriteCall(json, call, id, begins: true);
                break;
            default:
                BeginMessage(json, id);
                json.WriteString("status", "in_progress");
                json.WriteStartArray("content");
                json.WriteEndArray();
                json.WriteExtensions([.. ResponsesItems.MembersOf(block).Where(member => member.Name != "status")], context.Target);
                json.WriteEndObject();
                break;
        }
    }

    private void WriteMessage(Utf8JsonWriter json, IReadOnlyList<ContentBlock> parts, string id, IReadOnlyList<TokenLogprob> logprobs)
    {
        var members = ResponsesItems.MembersOf(parts[0]).ToList();
        var first = parts.FirstOrDefault(part => part is TextBlock);
        BeginMessage(json, id);
        ResponsesAnswerParts.WriteStatus(json, members);
        json.WriteStartArray("content");
        foreach (var part in parts)
        {
            ResponsesAnswerParts.Write(json, part, ReferenceEquals(part, first) ? logprobs : [], context.Target);
        }

        json.WriteEndArray();
        json.WriteExtensions(members, context.Target);
        json.WriteEndObject();
    }

    private static void BeginMessage(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
    }

    private void WriteCall(Utf8JsonWriter json, ToolCallBlock call, string id, bool begins)
    {
        var isCustom = call.Kind == ToolCallKind.Custom;
        var extensions = begins ? [.. call.Extensions.Where(extension => extension.Name != "status")] : call.Extensions;
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", isCustom ? "custom_tool_call" : "function_call");
        json.WriteString("call_id", call.CallId);
        json.WriteString("name", call.Name);
        json.WriteString(isCustom ? "input" : "arguments", begins ? default : ResponsesAnswerParts.ArgumentsOf(call));
        if (begins)
        {
            json.WriteString("status", "in_progress");
        }
        else
        {
            ResponsesAnswerParts.WriteStatus(json, extensions);
        }

        json.WriteExtensions(extensions, context.Target);
        json.WriteEndObject();
    }

    /// <summary>Another vendor's search as a search of OpenAI's.</summary>
    private static void WriteSearch(Utf8JsonWriter json, ServerToolCallBlock search, string id)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", "web_search_call");
        json.WriteString("status", ResponsesWords.Completed);
        json.WriteStartObject("action");
        json.WriteString("type", "search");
        json.WriteString("query", QueryOf(search.Input));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string QueryOf(RawJson input)
    {
        if (!input.IsObject)
        {
            return "";
        }

        var cursor = new Json.JsonCursor(input.Utf8);
        return cursor.Find("query"u8) && cursor.IsString ? cursor.ReadString() : "";
    }
}
