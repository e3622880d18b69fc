using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes the members of one request; <see cref="ChatMessageWriter"/> writes its messages.</summary>
internal sealed class ChatRequestWriter(Utf8JsonWriter json, ChatRequest request, WriteContext context)
{
    private readonly FieldSet _carried = CarriedFields.Of(request, ChatFields.Names, context);

    public void Write()
    {
        json.WriteStartObject();
        json.WriteString("model", request.Model);
        new ChatMessageWriter(json, _carried, context).Write(request.Messages);
        WriteStream();
        WriteSampling();
        WriteLimits();
        WriteFormat();
        WriteReasoning();
        WriteTools();
        WriteAccount();
        json.WriteExtensions(request.Extensions, context.Target);
        json.WriteEndObject();
    }

    private bool Has(CanonicalField field) => _carried.Contains(field);

    /// <summary>Usage is always asked for: without it nobody could account for the call.</summary>
    private void WriteStream()
    {
        if (!request.Stream)
        {
            return;
        }

        json.WriteBoolean("stream", true);
        if (!request.Extensions.Any(extension => extension.Name == "stream_options" && extension.Owner.Accepts(context.Target)))
        {
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
        }
    }

    private void WriteSampling()
    {
        var sampling = request.Sampling;
        json.WriteIf("temperature", Has(CanonicalField.Temperature) ? Fitting(sampling.Temperature) : null);
        json.WriteIf("top_p", Has(CanonicalField.TopP) ? sampling.TopP : null);
        json.WriteIf("presence_penalty", Has(CanonicalField.PresencePenalty) ? sampling.PresencePenalty : null);
        json.WriteIf("frequency_penalty", Has(CanonicalField.FrequencyPenalty) ? sampling.FrequencyPenalty : null);
        json.WriteIf("seed", Has(CanonicalField.Seed) ? sampling.Seed : null);
        json.WriteIf("n", context.Rules.Rejects.Contains(CanonicalField.Choices) ? null : sampling.Choices);
        json.WriteIf("logprobs", context.Rules.Rejects.Contains(CanonicalField.Logprobs) ? null : sampling.Logprobs);
        json.WriteIf("top_logprobs", Has(CanonicalField.TopLogprobs) ? sampling.TopLogprobs : null);
        if (Has(CanonicalField.LogitBias))
        {
            json.WriteRaw("logit_bias", sampling.LogitBias);
        }
    }

    private double? Fitting(double? temperature)
    {
        if (temperature > context.Rules.MaxTemperature)
        {
            context.Report.Adjust($"temperature {temperature} became {context.Rules.MaxTemperature}");
            return context.Rules.MaxTemperature;
        }

        return temperature;
    }

    private void WriteLimits()
    {
        if (Has(CanonicalField.MaxOutputTokens) && request.MaxOutputTokens is { } wish)
        {
            var most = Math.Min(wish, context.Rules.MaxOutputTokens ?? long.MaxValue);
            if (most < wish)
            {
                context.Report.Adjust($"{wish} output tokens became {most}");
            }

            json.WriteNumber(context.Rules.MaxTokensMember, most);
        }

        if (Has(CanonicalField.Stop))
        {
            json.WriteIfAny("stop", request.Stop);
        }

        json.WriteIf("verbosity", Has(CanonicalField.Verbosity) ? request.Verbosity : null);
        if (Has(CanonicalField.AudioOutput) || request.Modalities.All(modality => modality == "text"))
        {
            json.WriteIfAny("modalities", [.. request.Modalities.Where(modality => modality is "text" or "audio")]);
        }
    }

    private void WriteFormat()
    {
        if (request.Format is not { } format || (format.Kind == OutputFormatKind.JsonSchema && !Has(CanonicalField.JsonSchemaOutput)))
        {
            return;
        }

        json.WriteStartObject("response_format");
        switch (format.Kind)
        {
            case OutputFormatKind.JsonSchema:
                json.WriteString("type", "json_schema");
                json.WriteStartObject("json_schema");
                // Chat requires a name where other dialects have none.
                json.WriteString("name", format.Name ?? "answer");
                json.WriteIf("description", format.Description);
                json.WriteRaw("schema", format.Schema);
                json.WriteIf("strict", format.Strict);
                json.WriteExtensions(format.Extensions, context.Target);
                json.WriteEndObject();
                break;
            case OutputFormatKind.JsonObject:
                json.WriteString("type", "json_object");
                break;
            default:
                json.WriteString("type", "text");
                break;
        }

        json.WriteEndObject();
    }

    private void WriteReasoning()
    {
        if (request.Reasoning is not { } reasoning || context.Rules.Rejects.Contains(CanonicalField.ReasoningEffort))
        {
            return;
        }

        if (context.Rules.Thinking == ThinkingStyle.None)
        {
            context.Report.Drop(CanonicalField.ReasoningEffort, context.Client);
        }
        else if (ReasoningBudgets.EffortOf(reasoning) is { } effort)
        {
            json.WriteString("reasoning_effort", context.Rules.Efforts.Nearest(effort).Name());
        }
    }

    private void WriteTools()
    {
        WriteSearch();
        var tools = request.Tools.Where(IsWritten).ToList();
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            WriteTool(tool);
        }

        json.WriteEndArray();
        WriteChoice();
        json.WriteIf("parallel_tool_calls", Has(CanonicalField.ParallelToolCalls) ? request.ParallelToolCalls : null);
    }

    private bool IsWritten(ToolDefinition tool) => tool switch
    {
        FunctionTool => true,
        CustomTool => Has(CanonicalField.CustomTools),
        ServerTool server => server.Kind == ServerToolKind.Other && server.Owner.Accepts(context.Target),
        _ => false,
    };

    private void WriteSearch()
    {
        if (!Has(CanonicalField.WebSearchTool))
        {
            return;
        }

        var search = request.Tools.OfType<ServerTool>().First(tool => tool.Kind == ServerToolKind.WebSearch);
        json.WriteRaw("web_search_options", search.Owner.Accepts(context.Target) ? search.Raw : RawJson.EmptyObject);
    }

    private void WriteTool(ToolDefinition tool)
    {
        if (tool is ServerTool server)
        {
            json.WriteRaw(server.Raw);
            return;
        }

        var type = tool is FunctionTool ? "function" : "custom";
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject(type);
        if (tool is FunctionTool function)
        {
            json.WriteString("name", function.Name);
            json.WriteIf("description", function.Description);
            json.WriteRaw("parameters", function.Schema);
            json.WriteIf("strict", context.Rules.Rejects.Contains(CanonicalField.StrictTools) ? null : function.Strict);
        }
        else if (tool is CustomTool custom)
        {
            json.WriteString("name", custom.Name);
            json.WriteIf("description", custom.Description);
            json.WriteRaw("format", custom.Format);
        }

        json.WriteExtensions(tool.Extensions, context.Target);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteChoice()
    {
        if (!Has(CanonicalField.ToolChoice) || request.ToolChoice is not { } choice)
        {
            return;
        }

        if (choice.Mode != ToolChoiceMode.Named && (choice.Allowed.Count == 0 || !Has(CanonicalField.AllowedTools)))
        {
            json.WriteString("tool_choice", WordOf(choice.Mode));
            return;
        }

        json.WriteStartObject("tool_choice");
        if (choice.Mode == ToolChoiceMode.Named)
        {
            WriteNamed(choice.Kind, choice.Name ?? "");
        }
        else
        {
            json.WriteString("type", "allowed_tools");
            json.WriteStartObject("allowed_tools");
            json.WriteString("mode", WordOf(choice.Mode));
            WriteAllowed(choice.Allowed);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteAllowed(IReadOnlyList<string> allowed)
    {
        json.WriteStartArray("tools");
        foreach (var name in allowed)
        {
            json.WriteStartObject();
            WriteNamed(request.Tools.Any(tool => tool is CustomTool custom && custom.Name == name) ? ToolCallKind.Custom : ToolCallKind.Function, name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteNamed(ToolCallKind kind, string name)
    {
        var type = kind == ToolCallKind.Custom ? "custom" : "function";
        json.WriteString("type", type);
        json.WriteStartObject(type);
        json.WriteString("name", name);
        json.WriteEndObject();
    }

    private static string WordOf(ToolChoiceMode mode) => mode switch
    {
        ToolChoiceMode.None => "none",
        ToolChoiceMode.Required => "required",
        _ => "auto",
    };

    private void WriteAccount()
    {
        json.WriteIf("prompt_cache_key", Has(CanonicalField.CacheKey) ? request.Cache.Key : null);
        json.WriteIf("safety_identifier", Has(CanonicalField.UserId) ? request.UserId : null);
        json.WriteIf("store", Has(CanonicalField.Store) ? request.State.Store : null);
        if (Has(CanonicalField.ServiceTier) && request.ServiceTier is { } tier)
        {
            json.WriteIf("service_tier", ChatWords.FromTier(tier));
        }

        if (Has(CanonicalField.Metadata))
        {
            json.WriteStartObject("metadata");
            foreach (var (name, value) in request.Metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }
    }
}
