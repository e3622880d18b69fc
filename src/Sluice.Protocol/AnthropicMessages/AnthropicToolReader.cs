using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Reads tools: those of the client have a schema, those that Anthropic defines a type with a date.</summary>
internal static class AnthropicToolReader
{
    public static List<ToolDefinition> ReadTools(ref JsonCursor cursor)
    {
        var tools = new List<ToolDefinition>();
        if (!cursor.IsNull)
        {
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                var type = cursor.PeekType();
                tools.Add(type is "" or "custom" ? ReadFunction(ref cursor) : ReadServerTool(ref cursor, type));
            }
        }

        return tools;
    }

    private static FunctionTool ReadFunction(ref JsonCursor cursor)
    {
        var tool = new FunctionTool("");
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "type")
            {
                cursor.Skip();
            }
            else if (name == "cache_control")
            {
                tool = tool with { Cache = AnthropicWords.ReadMark(ref cursor) };
            }
            else if (!CommonMembers.TryRead(ref cursor, name, "input_schema", ref tool))
            {
                AnthropicWords.Keep(ref cursor, extensions, name);
            }
        }

        return tool.Name.Length == 0
            ? throw new WireFormatException("a tool must have a 'name'", "tools")
            : tool with { Extensions = extensions };
    }

    private static ServerTool ReadServerTool(ref JsonCursor cursor, string type)
    {
        var ahead = cursor;
        var tool = new ServerTool(AnthropicWords.KindOf(type), AnthropicWords.Owner, cursor.ReadRaw()) { Type = type };
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            switch (name)
            {
                case "allowed_domains":
                    tool = tool with { AllowedDomains = ahead.ReadStrings() };
                    break;
                case "blocked_domains":
                    tool = tool with { BlockedDomains = ahead.ReadStrings() };
                    break;
                case "max_uses":
                    tool = tool with { MaxUses = ahead.ReadCountOrNull() };
                    break;
                default:
                    ahead.Skip();
                    break;
            }
        }

        return tool;
    }
}
