using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes the <c>input</c> of a tool call, which must be an object.</summary>
internal static class AnthropicToolInput
{
    /// <summary>
    /// Writes the arguments as they are; none become an empty object, and what is no object becomes the member
    /// <c>input</c> of one, so that a conversation with a model's slip in it can go on.
    /// </summary>
    public static void Write(Utf8JsonWriter json, ToolCallBlock call, TranslationReport report)
    {
        var text = call.Arguments.Span.Trim(" \t\r\n"u8);
        if (call.Kind == ToolCallKind.Function && text.IsEmpty)
        {
            json.WriteRaw("input", RawJson.EmptyObject);
        }
        else if (call.Kind == ToolCallKind.Function && text[0] == (byte)'{' && RawJson.IsValid(text))
        {
            json.WriteRaw("input", call.Arguments);
        }
        else
        {
            report.Adjust($"the arguments of the tool '{call.Name}' became a member of an object");
            json.WriteStartObject("input");
            json.WriteString("input", call.Arguments.Span);
            json.WriteEndObject();
        }
    }
}
