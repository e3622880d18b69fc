using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes what an answer repeats of its request, which clients of the Responses API rely on. Vendors of other dialects repeat nothing.</summary>
internal static class ResponsesEcho
{
    public static void Write(Utf8JsonWriter json, ChatRequest request, string? tier, Owner target)
    {
        var tools = new ResponsesToolWriter(json, target);
        json.WriteBoolean("background", request.State.Background ?? false);
        json.WriteStringOrNull("instructions", InstructionsOf(request));
        json.WriteNumberOrNull("max_output_tokens", request.MaxOutputTokens);
        WriteMetadata(json, request);
        json.WriteBoolean("parallel_tool_calls", request.ParallelToolCalls ?? true);
        json.WriteStringOrNull("previous_response_id", request.State.PreviousResponseId);
        json.WriteIf("prompt_cache_key", request.Cache.Key);
        WriteReasoning(json, request.Reasoning);
        json.WriteIf("safety_identifier", request.UserId);
        json.WriteIf("service_tier", tier);
        json.WriteBoolean("store", request.State.Store ?? true);
        json.WriteNumber("temperature", request.Sampling.Temperature ?? 1);
        WriteText(json, request, tools);
        json.WritePropertyName("tool_choice");
        tools.WriteChoice(request.ToolChoice ?? new ToolChoice(ToolChoiceMode.Auto), request.Tools);
        WriteTools(json, request, tools);
        json.WriteNumber("top_logprobs", request.Sampling.TopLogprobs ?? 0);
        json.WriteNumber("top_p", request.Sampling.TopP ?? 1);
        json.WriteString("truncation", "disabled");
        json.WriteNull("user");
    }

    /// <summary>True for the members that tell what is kept.</summary>
    public static bool IsState(string name) => name is "background" or "previous_response_id" or "store";

    /// <summary>Writes what is kept as the client asked for it, in the place of what the upstream was asked.</summary>
    public static void WriteState(Utf8JsonWriter json, ChatRequest? request)
    {
        if (request is not null)
        {
            json.WriteBoolean("background", request.State.Background ?? false);
            json.WriteStringOrNull("previous_response_id", request.State.PreviousResponseId);
            json.WriteBoolean("store", request.State.Store ?? true);
        }
    }

    private static string? InstructionsOf(ChatRequest request) =>
        request.Messages.FirstOrDefault(message => message.ThisCallOnly)?.Content is [TextBlock text] ? text.Text : null;

    private static void WriteMetadata(Utf8JsonWriter json, ChatRequest request)
    {
        json.WriteStartObject("metadata");
        foreach (var (name, value) in request.Metadata)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, ReasoningRequest? reasoning)
    {
        json.WriteStartObject("reasoning");
        json.WriteStringOrNull("effort", reasoning?.Effort?.Name());
        json.WriteStringOrNull("summary", reasoning?.Display is { } display ? ResponsesWords.FromDisplay(display) : null);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ChatRequest request, ResponsesToolWriter tools)
    {
        json.WriteStartObject("text");
        json.WritePropertyName("format");
        tools.WriteFormat(request.Format ?? new OutputFormat(OutputFormatKind.Text));
        json.WriteIf("verbosity", request.Verbosity);
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatRequest request, ResponsesToolWriter tools)
    {
        json.WriteStartArray("tools");
        foreach (var tool in request.Tools)
        {
            switch (tool)
            {
                case FunctionTool function:
                    tools.WriteFunction(function, function.Strict ?? true);
                    break;
                case CustomTool custom:
                    tools.WriteCustom(custom);
                    break;
                case ServerTool { Owner.Dialect: Dialect.OpenAIResponses } server:
                    json.WriteRaw(server.Raw);
                    break;
                default:
                    break;
            }
        }

        json.WriteEndArray();
    }

    private static void WriteNumberOrNull(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
