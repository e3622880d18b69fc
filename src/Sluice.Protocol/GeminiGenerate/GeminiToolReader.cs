using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads <c>tools</c> and <c>toolConfig</c>. One object of the list may hold functions and tools of Google's.</summary>
internal static class GeminiToolReader
{
    public static List<ToolDefinition> ReadTools(ref JsonCursor cursor)
    {
        var tools = new List<ToolDefinition>();
        GeminiLists.Read(ref cursor, (ref JsonCursor item) => ReadTool(ref item, tools));
        return tools;
    }

    public static ChatRequest ReadConfig(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (GeminiNames.Camel(name) == "functionCallingConfig" && cursor.IsObject)
            {
                request = request with { ToolChoice = ReadChoice(ref cursor, extensions) };
            }
            else
            {
                GeminiNames.Keep(ref cursor, extensions, GeminiNames.ToolConfig + name);
            }
        }

        return request;
    }

    private static void ReadTool(ref JsonCursor cursor, List<ToolDefinition> tools)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            var member = GeminiNames.Camel(name);
            if (member == "functionDeclarations")
            {
                GeminiLists.Read(ref cursor, (ref JsonCursor item) => tools.Add(ReadFunction(ref item)));
            }
            else if (cursor.IsNull)
            {
                cursor.Skip();
            }
            else
            {
                tools.Add(ReadServerTool(ref cursor, member));
            }
        }
    }

    private static FunctionTool ReadFunction(ref JsonCursor cursor)
    {
        var tool = new FunctionTool("");
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "name":
                    tool = tool with { Name = cursor.ReadString() };
                    break;
                case "description":
                    tool = tool with { Description = cursor.ReadStringOrNull() };
                    break;
                case "parameters" when cursor.IsObject:
                    tool = tool with { Schema = GeminiSchemas.ToJsonSchema(cursor.ReadRaw()) };
                    break;
                case "parametersJsonSchema" when !cursor.IsNull:
                    tool = tool with { Schema = cursor.ReadRaw() };
                    break;
                default:
                    GeminiNames.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return tool with { Extensions = extensions };
    }

    private static ServerTool ReadServerTool(ref JsonCursor cursor, string member)
    {
        var ahead = cursor;
        var tool = new ServerTool(GeminiWords.KindOf(member), GeminiWords.Owner, cursor.ReadRaw()) { Type = member };
        if (!ahead.IsObject)
        {
            return tool;
        }

        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            if (GeminiNames.Camel(name) == "excludeDomains")
            {
                tool = tool with { BlockedDomains = ahead.ReadStrings() };
            }
            else
            {
                ahead.Skip();
            }
        }

        return tool;
    }

    private static ToolChoice ReadChoice(ref JsonCursor cursor, List<Extension> extensions)
    {
        var mode = ToolChoiceMode.Auto;
        List<string> allowed = [];
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "mode" when cursor.IsString && ModeOf(cursor.ReadString()) is { } known:
                    mode = known;
                    break;
                case "allowedFunctionNames":
                    allowed = cursor.ReadStrings();
                    break;
                default:
                    // The mode VALIDATED among them, which is AUTO with a promise about the arguments.
                    GeminiNames.Keep(ref cursor, extensions, GeminiNames.Calling + name);
                    break;
            }
        }

        return mode == ToolChoiceMode.Required && allowed.Count == 1
            ? new ToolChoice(ToolChoiceMode.Named) { Name = allowed[0] }
            : new ToolChoice(mode) { Allowed = allowed };
    }

    private static ToolChoiceMode? ModeOf(string word) => word.ToUpperInvariant() switch
    {
        "AUTO" or "MODE_UNSPECIFIED" => ToolChoiceMode.Auto,
        "ANY" => ToolChoiceMode.Required,
        "NONE" => ToolChoiceMode.None,
        _ => null,
    };
}
