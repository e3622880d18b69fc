using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes what a tool call says besides its id, alike in requests and answers.</summary>
internal static class ChatToolCalls
{
    /// <summary>Writes a call as it begins in a stream: its arguments follow in fragments.</summary>
    public static void WriteBeginning(Utf8JsonWriter json, ToolCallBlock call) => Write(json, call, default);

    /// <summary>Writes a whole call. A function without arguments gets an object, as clients parse what they get.</summary>
    public static void Write(Utf8JsonWriter json, ToolCallBlock call) =>
        Write(json, call, call.Arguments.IsEmpty && call.Kind == ToolCallKind.Function ? "{}"u8 : call.Arguments.Span);

    private static void Write(Utf8JsonWriter json, ToolCallBlock call, ReadOnlySpan<byte> arguments)
    {
        var isCustom = call.Kind == ToolCallKind.Custom;
        var type = isCustom ? "custom" : "function";
        json.WriteString("type", type);
        json.WriteStartObject(type);
        json.WriteString("name", call.Name);
        json.WriteString(isCustom ? "input" : "arguments", arguments);
        json.WriteEndObject();
        WriteSignature(json, call.Signature);
    }

    /// <summary>A thought signature where Google's own Chat endpoint puts it; those of others have no place in Chat.</summary>
    public static void WriteSignature(Utf8JsonWriter json, Signature? signature)
    {
        if (signature is null || signature.Owner.Dialect is not (Dialect.GeminiGenerate or Dialect.OpenAIChat))
        {
            return;
        }

        json.WriteStartObject("extra_content");
        json.WriteStartObject("google");
        json.WriteString("thought_signature", signature.Owner.Dialect == Dialect.OpenAIChat ? signature.Data : signature.ForSlotOf(Dialect.GeminiGenerate));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
