using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Writes a <c>chat.completion</c>.</summary>
internal static class ChatAnswerWriter
{
    public static void Write(Utf8JsonWriter json, Call call, IReadOnlyList<Answer> answers, TokenCounts? counts)
    {
        var ids = call.Ids();
        json.WriteStartObject();
        ChatCompletions.WriteHead(json, call, SimulatedId.ChatCompletion(ids), "chat.completion");
        json.WriteStartArray("choices");
        for (var i = 0; i < answers.Count; i++)
        {
            WriteChoice(json, answers[i], i, call.Ids(i + 1));
        }

        json.WriteEndArray();
        if (counts is { } reported)
        {
            ChatCompletions.WriteUsage(json, reported);
        }

        ChatCompletions.WriteTail(json);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, Answer answer, int index, SeededRandom ids)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", answer.Calls.Count > 0 ? null : answer.Text);
        if (answer.Calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in answer.Calls)
            {
                json.WriteStartObject();
                WriteCall(json, call, SimulatedId.OpenAICall(ids), call.Arguments);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteNull("refusal");
        json.WriteStartArray("annotations");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", ChatCompletions.FinishName(answer));
        json.WriteEndObject();
    }

    /// <summary>Writes the members of a tool call, with so much of its arguments.</summary>
    internal static void WriteCall(Utf8JsonWriter json, ToolCall call, string id, string arguments)
    {
        var type = call.Tool.Freeform ? "custom" : "function";
        json.WriteString("id", id);
        json.WriteString("type", type);
        json.WriteStartObject(type);
        json.WriteString("name", call.Tool.Name);
        json.WriteString(call.Tool.Freeform ? "input" : "arguments", arguments);
        json.WriteEndObject();
    }
}
