using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.OpenAI;

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
