using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.OpenAI;

/// <summary>An item of a response's <c>output</c>: how it is written whole, and which events stream it.</summary>
internal abstract class OutputItem(string id)
{
    public string Id { get; } = id;

    /// <summary>Writes the members of the item, as it begins or as it ends.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="status"><c>in_progress</c> (without content), <c>completed</c> or <c>incomplete</c>.</param>
    public abstract void Write(Utf8JsonWriter json, string status);

    /// <summary>Adds the events between <c>output_item.added</c> and <c>output_item.done</c>.</summary>
    public abstract void Stream(ResponsesStreamWriter stream);
}

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

/// <summary>A call of a function, or of a custom tool with free text.</summary>
internal sealed class CallItem(string id, string callId, ToolCall call) : OutputItem(id)
{
    private const int TokensPerFragment = 2;

    private string Member => call.Tool.Freeform ? "input" : "arguments";

    public override void Write(Utf8JsonWriter json, string status)
    {
        json.WriteString("id", Id);
        json.WriteString("type", call.Tool.Freeform ? "custom_tool_call" : "function_call");
        json.WriteString("status", status);
        json.WriteString(Member, status == "in_progress" ? "" : call.Arguments);
        json.WriteString("call_id", callId);
        json.WriteString("name", call.Tool.Name);
    }

    public override void Stream(ResponsesStreamWriter stream)
    {
        var prefix = call.Tool.Freeform ? "response.custom_tool_call_input" : "response.function_call_arguments";
        foreach (var fragment in Tokenizer.Split(call.Arguments, TokensPerFragment))
        {
            stream.ItemEvent(prefix + ".delta", json => json.WriteString("delta", fragment), paced: true);
        }

        stream.ItemEvent(prefix + ".done", json =>
        {
            json.WriteString(Member, call.Arguments);
            if (!call.Tool.Freeform)
            {
                json.WriteString("name", call.Tool.Name);
            }
        });
    }
}
