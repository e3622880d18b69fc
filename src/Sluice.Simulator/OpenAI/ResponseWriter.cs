using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Writes a <c>response</c> object: what was asked, repeated, and what came of it.</summary>
internal sealed class ResponseWriter
{
    private readonly Call _call;
    private readonly Answer _answer;
    private readonly TokenCounts? _counts;

    public ResponseWriter(Call call, Answer answer, TokenCounts? counts)
    {
        (_call, _answer, _counts) = (call, answer, counts);
        var ids = call.Ids();
        Id = SimulatedId.Responses(ids, "resp_");
        Items = [.. ItemsOf(ids)];
    }

    public string Id { get; }

    public IReadOnlyList<OutputItem> Items { get; }

    /// <summary>The status of the response, and of the item that the limit cut.</summary>
    public string FinalStatus => _answer.Finish == FinishReason.Length ? "incomplete" : "completed";

    /// <summary>Writes the response at its end.</summary>
    public void Write(Utf8JsonWriter json) => Write(json, FinalStatus);

    /// <summary>Writes the response as it begins or as it ends.</summary>
    public void Write(Utf8JsonWriter json, string status)
    {
        var begins = status is "queued" or "in_progress" or "cancelled";
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", _call.UnixSeconds);
        json.WriteString("status", status);
        Echo(json, "background", "false");
        WriteCompleted(json, status);
        json.WriteNull("error");
        WriteIncomplete(json, status);
        Echo(json, "instructions", "null");
        Echo(json, "max_output_tokens", "null");
        Echo(json, "max_tool_calls", "null");
        json.WriteString("model", _call.AskedModel);
        json.WriteStartArray("output");
        foreach (var item in begins ? [] : Items)
        {
            json.WriteStartObject();
            item.Write(json, item == Items[^1] ? FinalStatus : "completed");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Echo(json, "parallel_tool_calls", "true");
        Echo(json, "previous_response_id", "null");
        Echo(json, "prompt_cache_key", "null");
        Echo(json, "reasoning", """{"effort":null,"summary":null}""");
        Echo(json, "safety_identifier", "null");
        json.WriteString("service_tier", begins ? "auto" : "default");
        Echo(json, "store", "true");
        Echo(json, "temperature", "1.0");
        Echo(json, "text", """{"format":{"type":"text"},"verbosity":"medium"}""");
        Echo(json, "tool_choice", "\"auto\"");
        Echo(json, "tools", "[]");
        Echo(json, "top_logprobs", "0");
        Echo(json, "top_p", "1.0");
        Echo(json, "truncation", "\"disabled\"");
        WriteUsage(json, begins);
        Echo(json, "user", "null");
        Echo(json, "metadata", "{}");
        json.WriteEndObject();
    }

    private IEnumerable<OutputItem> ItemsOf(SeededRandom ids)
    {
        if (_answer.Reasoning.Length > 0)
        {
            var wantsSummary = _call.Body.Get("reasoning").Get("summary").IsPresent() || _call.Body.Get("reasoning").Get("generate_summary").IsPresent();
            var wantsContent = _call.Body.Get("include").Strings().Contains("reasoning.encrypted_content");
            yield return new ReasoningItem(
                SimulatedId.Responses(ids, "rs_"),
                wantsSummary ? _answer.Reasoning : null,
                wantsContent ? _call.Simulation.Signatures.Sign(ResponsesItems.ReasoningPurpose, "", _call.Ids(-1)) : null);
        }

        if (_answer.Calls.Count == 0)
        {
            yield return new MessageItem(SimulatedId.Responses(ids, "msg_"), _answer.Text);
        }

        foreach (var tool in _answer.Calls)
        {
            yield return new CallItem(SimulatedId.Responses(ids, tool.Tool.Freeform ? "ctc_" : "fc_"), SimulatedId.OpenAICall(ids), tool);
        }
    }

    private void WriteCompleted(Utf8JsonWriter json, string status)
    {
        if (status == "completed")
        {
            json.WriteNumber("completed_at", _call.UnixSeconds);
        }
        else
        {
            json.WriteNull("completed_at");
        }
    }

    private static void WriteIncomplete(Utf8JsonWriter json, string status)
    {
        if (status != "incomplete")
        {
            json.WriteNull("incomplete_details");
            return;
        }

        json.WriteStartObject("incomplete_details");
        json.WriteString("reason", "max_output_tokens");
        json.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter json, bool begins)
    {
        if (begins || _counts is not { } counts)
        {
            json.WriteNull("usage");
            return;
        }

        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", counts.Input);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", counts.Cached);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", counts.Output);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", counts.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", counts.Input + counts.Output);
        json.WriteEndObject();
    }

    /// <summary>Repeats a member of the request, or states its default.</summary>
    private void Echo(Utf8JsonWriter json, string name, string fallback)
    {
        json.WritePropertyName(name);
        if (_call.Body.Get(name) is { ValueKind: not JsonValueKind.Undefined } value)
        {
            value.WriteTo(json);
        }
        else
        {
            json.WriteRawValue(fallback);
        }
    }
}
