using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.OpenAI;

/// <summary>A message of text.</summary>
internal sealed class MessageItem(string id, string text) : OutputItem(id)
{
    public override void Write(Utf8JsonWriter json, string status)
    {
        json.WriteString("id", Id);
        json.WriteString("type", "message");
        json.WriteString("status", status);
        json.WriteStartArray("content");
        if (status != "in_progress")
        {
            json.WriteStartObject();
            WritePart(json, text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("role", "assistant");
    }

    public override void Stream(ResponsesStreamWriter stream)
    {
        stream.ContentEvent("response.content_part.added", json => WritePartMember(json, ""));
        foreach (var piece in Tokenizer.Split(text))
        {
            stream.ContentEvent("response.output_text.delta", json =>
            {
                json.WriteString("delta", piece);
                WriteNoLogprobs(json);
            }, paced: true);
        }

        stream.ContentEvent("response.output_text.done", json =>
        {
            json.WriteString("text", text);
            WriteNoLogprobs(json);
        });
        stream.ContentEvent("response.content_part.done", json => WritePartMember(json, text));
    }

    private static void WritePartMember(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject("part");
        WritePart(json, text);
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteString("type", "output_text");
        json.WriteStartArray("annotations");
        json.WriteEndArray();
        WriteNoLogprobs(json);
        json.WriteString("text", text);
    }

    private static void WriteNoLogprobs(Utf8JsonWriter json)
    {
        json.WriteStartArray("logprobs");
        json.WriteEndArray();
    }
}
