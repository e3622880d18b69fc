using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Writes a whole message, and the parts that a stream shares with it.</summary>
internal static class MessageWriter
{
    public static void Write(Utf8JsonWriter json, Call call, Answer answer, AnthropicUsage? usage)
    {
        var ids = call.Ids();
        json.WriteStartObject();
        WriteHead(json, call, SimulatedId.Anthropic(ids, "msg_"));
        json.WriteStartArray("content");
        if (ThinkingBlock.Of(call, answer) is { } thinking)
        {
            json.WriteStartObject();
            thinking.Write(json);
            json.WriteEndObject();
        }

        if (answer.Text.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", answer.Text);
            json.WriteEndObject();
        }

        foreach (var tool in answer.Calls)
        {
            json.WriteStartObject();
            WriteToolUse(json, tool, SimulatedId.Anthropic(ids, "toolu_"), tool.Arguments);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("stop_reason", Messages.StopReason(answer));
        json.WriteString("stop_sequence", answer.StopSequence);
        json.WriteNull("stop_details");
        usage?.Write(json);
        json.WriteEndObject();
    }

    internal static void WriteHead(Utf8JsonWriter json, Call call, string id)
    {
        json.WriteString("id", id);
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", call.AskedModel);
    }

    /// <summary>Writes the members of a <c>tool_use</c> block with so much of its input.</summary>
    internal static void WriteToolUse(Utf8JsonWriter json, ToolCall tool, string id, string input)
    {
        json.WriteString("type", "tool_use");
        json.WriteString("id", id);
        json.WriteString("name", tool.Tool.Name);
        json.WritePropertyName("input");
        json.WriteRawValue(input);
        json.WriteStartObject("caller");
        json.WriteString("type", "direct");
        json.WriteEndObject();
    }
}
