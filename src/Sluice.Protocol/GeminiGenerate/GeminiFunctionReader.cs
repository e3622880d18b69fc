using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads <c>functionCall</c> and <c>functionResponse</c>. Ids that are missing stay empty until the whole document is known.</summary>
internal static class GeminiFunctionReader
{
    public static ToolCallBlock ReadCall(ref JsonCursor cursor, List<Extension> extensions)
    {
        var call = new ToolCallBlock("", "", default);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "id":
                    call = call with { CallId = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "name":
                    call = call with { Name = cursor.ReadString() };
                    break;
                case "args" when !cursor.IsNull:
                    call = call with { Arguments = cursor.ReadRaw() };
                    break;
                default:
                    GeminiNames.Keep(ref cursor, extensions, GeminiNames.Call + name);
                    break;
            }
        }

        return call.Arguments.IsEmpty ? call with { Arguments = RawJson.EmptyObject } : call;
    }

    public static ToolResultBlock ReadResult(ref JsonCursor cursor, List<Extension> extensions)
    {
        var result = new ToolResultBlock("", []);
        var media = new List<ContentBlock>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "id":
                    result = result with { CallId = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "name":
                    result = result with { Name = cursor.ReadStringOrNull() };
                    break;
                case "response" when !cursor.IsNull:
                    result = WithAnswer(result, ref cursor);
                    break;
                case "parts":
                    GeminiLists.Read(ref cursor, (ref JsonCursor item) => media.Add(GeminiPartReader.Read(ref item, GeminiWords.Owner)));
                    break;
                default:
                    GeminiNames.Keep(ref cursor, extensions, GeminiNames.Response + name);
                    break;
            }
        }

        return media.Count == 0 ? result : result with { Content = [.. result.Content, .. media] };
    }

    /// <summary>
    /// Google's words for what a tool says are <c>output</c> and <c>error</c>; any other object is the answer as a whole.
    /// </summary>
    private static ToolResultBlock WithAnswer(ToolResultBlock result, ref JsonCursor cursor)
    {
        var ahead = cursor;
        var whole = cursor.ReadRaw();
        if (!ahead.IsObject)
        {
            return result with { Content = [new TextBlock(ahead.IsString ? ahead.ReadString() : whole.ToString())] };
        }

        var only = TryReadOnly(ahead, out var isError);
        return only is null
            ? result with { Content = [new TextBlock(whole.ToString())] }
            : result with { Content = [new TextBlock(only)], IsError = isError };
    }

    /// <summary>The text of an answer that has no other member; null for any other, which is then kept whole.</summary>
    private static string? TryReadOnly(JsonCursor cursor, out bool isError)
    {
        string? text = null;
        var isOnly = true;
        isError = false;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            isOnly &= text is null;
            isError = name == "error";
            if (name is "output" or "error" && cursor.IsString && cursor.ReadString() is var said && !GeminiToolAnswer.IsObject(said))
            {
                text = said;
            }
            else if (isError && cursor.IsObject)
            {
                text = cursor.ReadRaw().ToString();
            }
            else
            {
                return null;
            }
        }

        return isOnly ? text : null;
    }
}
