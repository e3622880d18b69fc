using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.OpenAI;

/// <summary>Reasoning: a summary where one is asked for, encrypted content where it is included.</summary>
internal sealed class ReasoningItem(string id, string? summary, string? encrypted) : OutputItem(id)
{
    private const int TokensPerDelta = 2;

    public override void Write(Utf8JsonWriter json, string status)
    {
        var begins = status == "in_progress";
        json.WriteString("id", Id);
        json.WriteString("type", "reasoning");
        if (encrypted is not null)
        {
            json.WriteString("encrypted_content", encrypted);
        }

        json.WriteStartArray("summary");
        if (summary is not null && !begins)
        {
            json.WriteStartObject();
            WritePart(json, summary);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public override void Stream(ResponsesStreamWriter stream)
    {
        if (summary is null)
        {
            return;
        }

        stream.SummaryEvent("response.reasoning_summary_part.added", json => WritePartMember(json, ""));
        foreach (var piece in Tokenizer.Split(summary, TokensPerDelta))
        {
            stream.SummaryEvent("response.reasoning_summary_text.delta", json => json.WriteString("delta", piece), paced: true);
        }

        stream.SummaryEvent("response.reasoning_summary_text.done", json => json.WriteString("text", summary));
        stream.SummaryEvent("response.reasoning_summary_part.done", json => WritePartMember(json, summary));
    }

    private static void WritePartMember(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject("part");
        WritePart(json, text);
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteString("type", "summary_text");
        json.WriteString("text", text);
    }
}
