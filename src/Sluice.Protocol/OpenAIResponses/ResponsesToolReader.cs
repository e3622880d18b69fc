using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Reads tools and the choice among them.</summary>
internal static class ResponsesToolReader
{
    public static List<ToolDefinition> ReadTools(ref JsonCursor cursor)
    {
        var tools = new List<ToolDefinition>();
        if (!cursor.IsNull)
        {
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                tools.Add(ReadTool(ref cursor));
            }
        }

        return tools;
    }

    private static ToolDefinition ReadTool(ref JsonCursor cursor)
    {
        var type = cursor.RequireType();
        return type switch
        {
            "function" => ReadFunction(ref cursor),
            "custom" => ReadCustom(ref cursor),
            _ => ReadServerTool(ref cursor, type),
        };
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
            else if (!CommonMembers.TryRead(ref cursor, name, "parameters", ref tool))
            {
                ResponsesWords.Keep(ref cursor, extensions, name);
            }
        }

        return tool.Name.Length == 0 ? throw Nameless() : tool with { Extensions = extensions };
    }

    private static CustomTool ReadCustom(ref JsonCursor cursor)
    {
        var tool = new CustomTool("");
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "type")
            {
                cursor.Skip();
            }
            else if (!CommonMembers.TryRead(ref cursor, name, ref tool))
            {
                ResponsesWords.Keep(ref cursor, extensions, name);
            }
        }

        return tool.Name.Length == 0 ? throw Nameless() : tool with { Extensions = extensions };
    }

    private static WireFormatException Nameless() => new("a tool must have a 'name'", "tools");

    private static ServerTool ReadServerTool(ref JsonCursor cursor, string type)
    {
        var filters = cursor;
        var tool = new ServerTool(ResponsesWords.KindOf(type), ResponsesWords.Owner, cursor.ReadRaw()) { Type = type };
        return tool.Kind == ServerToolKind.WebSearch && filters.Find("filters"u8) && filters.IsObject
            && filters.Find("allowed_domains"u8) && filters.IsArray
            ? tool with { AllowedDomains = filters.ReadStrings() }
            : tool;
    }

    /// <summary>A word, a named tool, or a set of allowed ones; null for a choice that only OpenAI knows.</summary>
    public static ToolChoice? ReadChoice(JsonCursor cursor) => cursor.IsString
        ? new ToolChoice(ModeOf(ref cursor))
        : cursor.PeekType() switch
        {
            "function" => ReadNamed(cursor, ToolCallKind.Function),
            "custom" => ReadNamed(cursor, ToolCallKind.Custom),
            "allowed_tools" => ReadAllowed(ref cursor),
            _ => null,
        };

    private static ToolChoice ReadNamed(JsonCursor cursor, ToolCallKind kind) => NameOf(cursor) is { } name
        ? new ToolChoice(ToolChoiceMode.Named) { Name = name, Kind = kind }
        : throw new WireFormatException("'tool_choice' must name a tool", "tool_choice");

    private static string? NameOf(JsonCursor cursor) => cursor.IsObject && cursor.Find("name"u8) && cursor.IsString ? cursor.ReadString() : null;

    private static ToolChoiceMode ModeOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "auto" => ToolChoiceMode.Auto,
        "none" => ToolChoiceMode.None,
        "required" => ToolChoiceMode.Required,
        _ => throw cursor.Wrong("none, auto, required or an object"),
    };

    private static ToolChoice? ReadAllowed(ref JsonCursor cursor)
    {
        var mode = ToolChoiceMode.Auto;
        var allowed = new List<string>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "mode")
            {
                mode = ModeOf(ref cursor);
            }
            else if (name != "tools")
            {
                cursor.Skip();
            }
            else if (!TryReadNames(ref cursor, allowed))
            {
                return null;
            }
        }

        return new ToolChoice(mode) { Allowed = allowed };
    }

    /// <summary>False when one of the tools is not the client's.</summary>
    private static bool TryReadNames(ref JsonCursor cursor, List<string> names)
    {
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            if (!cursor.IsObject || cursor.PeekType() is not ("function" or "custom") || NameOf(cursor) is not { } name)
            {
                return false;
            }

            names.Add(name);
            cursor.Skip();
        }

        return true;
    }
}
