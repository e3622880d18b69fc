using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes what goes into and comes out of a tool, both of which must be objects.</summary>
internal static class GeminiToolAnswer
{
    /// <summary>True when a text is one JSON object.</summary>
    public static bool IsObject(string text) => text.TrimStart().StartsWith('{') && RawJson.IsValid(Encoding.UTF8.GetBytes(text));

    /// <summary>The block, or the blocks that a document consists of, for which Google has no other place.</summary>
    public static IEnumerable<ContentBlock> Flat(ContentBlock block) =>
        block is MediaBlock { Source: BlockMedia document } ? document.Blocks : [block];

    /// <summary>Writes the <c>response</c>: an object as it is, any other text as <c>output</c>, a failure as <c>error</c>.</summary>
    public static void Write(Utf8JsonWriter json, ToolResultBlock result)
    {
        var text = string.Join('\n', result.Content.SelectMany(Flat).OfType<TextBlock>().Select(block => block.Text));
        var isObject = IsObject(text);
        json.WritePropertyName("response");
        if (isObject && !result.IsError)
        {
            json.WriteRaw(RawJson.Of(text));
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName(result.IsError ? "error" : "output");
        if (isObject)
        {
            json.WriteRaw(RawJson.Of(text));
        }
        else
        {
            json.WriteStringValue(text);
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// Writes the <c>args</c>: none become an empty object, and what is no object becomes the member <c>input</c> of one, so
    /// that a conversation with a model's slip in it can go on.
    /// </summary>
    public static void WriteArguments(Utf8JsonWriter json, ToolCallBlock call, TranslationReport report)
    {
        var text = call.Arguments.Span.Trim(" \t\r\n"u8);
        if (call.Kind == ToolCallKind.Function && text.IsEmpty)
        {
            json.WriteRaw("args", RawJson.EmptyObject);
        }
        else if (call.Kind == ToolCallKind.Function && text[0] == (byte)'{' && RawJson.IsValid(text))
        {
            json.WriteRaw("args", call.Arguments);
        }
        else
        {
            report.Adjust($"the arguments of the tool '{call.Name}' became a member of an object");
            json.WriteStartObject("args");
            json.WriteString("input", call.Arguments.Span);
            json.WriteEndObject();
        }
    }
}
