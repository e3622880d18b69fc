using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes what the model said, alike in answers and where requests repeat them.</summary>
internal static class ResponsesAnswerParts
{
    /// <summary>Writes a part of a message item.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="part">A text, a refusal or an opaque part of this dialect.</param>
    /// <param name="logprobs">How likely the text's tokens were; empty when nobody asked.</param>
    /// <param name="target">Who reads it.</param>
    public static void Write(Utf8JsonWriter json, ContentBlock part, IReadOnlyList<TokenLogprob> logprobs, Owner target)
    {
        if (part is OpaqueBlock opaque)
        {
            json.WriteRaw(opaque.Raw);
            return;
        }

        json.WriteStartObject();
        if (part is RefusalBlock refusal)
        {
            json.WriteString("type", "refusal");
            json.WriteString("refusal", refusal.Text);
        }
        else if (part is TextBlock text)
        {
            WriteText(json, text, logprobs);
        }

        json.WriteExtensions(ResponsesItems.OwnOf(part), target);
        json.WriteEndObject();
    }

    /// <summary>Writes a picture that the model made as the item of the tool that makes them.</summary>
    public static void WriteImage(Utf8JsonWriter json, string id, MediaBlock image, InlineMedia picture, Owner target)
    {
        json.WriteStartObject();
        json.WriteString("type", "image_generation_call");
        json.WriteString("id", id);
        WriteStatus(json, image.Extensions);
        json.WriteString("result", picture.Base64.Span);
        json.WriteExtensions(image.Extensions, target);
        json.WriteEndObject();
    }

    /// <summary>Writes that an item is complete, unless its unmodelled members say something else.</summary>
    public static void WriteStatus(Utf8JsonWriter json, IEnumerable<Extension> members)
    {
        if (!members.Any(member => member.Name == "status"))
        {
            json.WriteString("status", ResponsesWords.Completed);
        }
    }

    /// <summary>The text of a call's arguments. A function without any gets an object, as clients parse what they get.</summary>
    public static ReadOnlySpan<byte> ArgumentsOf(ToolCallBlock call) =>
        call.Arguments.IsEmpty && call.Kind == ToolCallKind.Function ? "{}"u8 : call.Arguments.Span;

    private static void WriteText(Utf8JsonWriter json, TextBlock text, IReadOnlyList<TokenLogprob> logprobs)
    {
        json.WriteString("type", "output_text");
        json.WriteString("text", text.Text);
        json.WriteStartArray("annotations");
        foreach (var citation in text.Citations)
        {
            ResponsesCitations.Write(json, citation, ResponsesCitations.LengthOf(text.Text));
        }

        json.WriteEndArray();
        if (logprobs.Count > 0)
        {
            ChatLogprobs.WriteTokens(json, "logprobs", logprobs, withTop: true);
        }
    }
}
