using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads tools, the choice among them and the form of the answer.</summary>
internal static class ChatToolReader
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
        return type is "function" or "custom"
            ? ReadClientTool(ref cursor, type)
            : new ServerTool(ServerToolKind.Other, ChatWords.Owner, cursor.ReadRaw()) { Type = type };
    }

    private static ToolDefinition ReadClientTool(ref JsonCursor cursor, string type)
    {
        ToolDefinition? tool = null;
        CacheMark? mark = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == type)
            {
                tool = type == "function" ? ReadFunction(ref cursor) : ReadCustom(ref cursor);
            }
            else if (name == "cache_control")
            {
                mark = ChatMessageReader.ReadMark(ref cursor);
            }
            else
            {
                cursor.Skip();
            }
        }

        return tool is null ? throw new WireFormatException($"a tool must have a '{type}'", "tools") : tool with { Cache = mark };
    }

    private static FunctionTool ReadFunction(ref JsonCursor cursor)
    {
        var tool = new FunctionTool("");
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (!CommonMembers.TryRead(ref cursor, name, "parameters", ref tool))
            {
                ChatMessageReader.Keep(ref cursor, extensions, name);
            }
        }

        return tool with { Extensions = extensions };
    }

    private static CustomTool ReadCustom(ref JsonCursor cursor)
    {
        var tool = new CustomTool("");
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (!CommonMembers.TryRead(ref cursor, name, ref tool))
            {
                ChatMessageReader.Keep(ref cursor, extensions, name);
            }
        }

        return tool with { Extensions = extensions };
    }

    /// <summary>A word, a named tool, or a set of allowed ones.</summary>
    public static ToolChoice? ReadChoice(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
        {
            return null;
        }

        if (cursor.IsString)
        {
            return new ToolChoice(ModeOf(ref cursor));
        }

        var choice = new ToolChoice(ToolChoiceMode.Named);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "function":
                    choice = choice with { Name = ReadName(ref cursor) };
                    break;
                case "custom":
                    choice = choice with { Name = ReadName(ref cursor), Kind = ToolCallKind.Custom };
                    break;
                case "allowed_tools":
                    choice = ReadAllowed(ref cursor);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return choice is { Mode: ToolChoiceMode.Named, Name: null }
            ? throw new WireFormatException("'tool_choice' must name a tool", "tool_choice")
            : choice;
    }

    private static ToolChoiceMode ModeOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "auto" => ToolChoiceMode.Auto,
        "none" => ToolChoiceMode.None,
        "required" => ToolChoiceMode.Required,
        _ => throw cursor.Wrong("none, auto, required or an object"),
    };

    private static string? ReadName(ref JsonCursor cursor)
    {
        string? found = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "name")
            {
                found = cursor.ReadString();
            }
            else
            {
                cursor.Skip();
            }
        }

        return found;
    }

    private static ToolChoice ReadAllowed(ref JsonCursor cursor)
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
            else if (name == "tools")
            {
                ReadAllowedNames(ref cursor, allowed);
            }
            else
            {
                cursor.Skip();
            }
        }

        return new ToolChoice(mode) { Allowed = allowed };
    }

    private static void ReadAllowedNames(ref JsonCursor cursor, List<string> allowed)
    {
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            if ((FindName(cursor, "function"u8) ?? FindName(cursor, "custom"u8)) is { } tool)
            {
                allowed.Add(tool);
            }

            cursor.Skip();
        }
    }

    private static string? FindName(JsonCursor cursor, ReadOnlySpan<byte> member) => cursor.Find(member) ? ReadName(ref cursor) : null;

    /// <summary>The form of the answer; text of any form is null.</summary>
    public static OutputFormat? ReadFormat(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
        {
            return null;
        }

        var kind = OutputFormatKind.Text;
        OutputFormat? schema = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "type")
            {
                kind = FormatKindOf(ref cursor);
            }
            else if (name == "json_schema" && cursor.IsObject)
            {
                schema = ReadSchema(ref cursor);
            }
            else
            {
                cursor.Skip();
            }
        }

        return kind == OutputFormatKind.JsonSchema && schema is not null ? schema : new OutputFormat(kind);
    }

    private static OutputFormatKind FormatKindOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "text" => OutputFormatKind.Text,
        "json_object" => OutputFormatKind.JsonObject,
        "json_schema" => OutputFormatKind.JsonSchema,
        _ => throw cursor.Wrong("text, json_object or json_schema"),
    };

    private static OutputFormat ReadSchema(ref JsonCursor cursor)
    {
        var format = new OutputFormat(OutputFormatKind.JsonSchema);
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (!CommonMembers.TryRead(ref cursor, name, ref format))
            {
                ChatMessageReader.Keep(ref cursor, extensions, name);
            }
        }

        return format with { Extensions = extensions };
    }
}
