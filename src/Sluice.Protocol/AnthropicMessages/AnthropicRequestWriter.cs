using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes the members of one request; <see cref="AnthropicMessageWriter"/> writes its messages.</summary>
internal sealed class AnthropicRequestWriter(Utf8JsonWriter json, ChatRequest request, WriteContext context)
{
    /// <summary>Begins the names of unmodelled members that stand inside <c>output_config</c>.</summary>
    public const string OutputConfigMark = "output_config.";

    /// <summary>Begins the names of unmodelled members that stand inside <c>metadata</c>.</summary>
    public const string MetadataMark = "metadata.";

    private const double TemperatureLimit = 1;
    private const double LeastThinkingTopP = 0.95;

    private readonly FieldSet _carried = CarriedFields.Of(request, AnthropicFields.Names, context);
    private readonly AnthropicThinking _thinking = AnthropicThinking.Of(request, context);

    public void Write()
    {
        json.WriteStartObject();
        json.WriteString("model", request.Model);
        json.WriteNumber("max_tokens", _thinking.MaxTokens);
        new AnthropicMessageWriter(json, _carried, context).Write(request.Messages);
        if (request.Stream)
        {
            json.WriteBoolean("stream", true);
        }

        WriteSampling();
        WriteThinking();
        WriteTools();
        WriteAccount();
        WriteOwn("");
        json.WriteEndObject();
    }

    private bool Has(CanonicalField field) => _carried.Contains(field);

    private void WriteSampling()
    {
        if (Has(CanonicalField.Stop))
        {
            WriteStop();
        }

        WriteTemperature();
        var sampling = request.Sampling;
        if (Has(CanonicalField.TopP) && !IsLostToTemperature() && !IsLostToThinking(CanonicalField.TopP, sampling.TopP >= LeastThinkingTopP))
        {
            json.WriteIf("top_p", sampling.TopP);
        }

        if (Has(CanonicalField.TopK) && !IsLostToThinking(CanonicalField.TopK, false))
        {
            json.WriteIf("top_k", sampling.TopK);
        }
    }

    /// <summary>Anthropic refuses stop texts of white space alone.</summary>
    private void WriteStop()
    {
        var taken = request.Stop.Where(text => !string.IsNullOrWhiteSpace(text)).ToList();
        if (taken.Count < request.Stop.Count)
        {
            context.Report.Drop(CanonicalField.Stop, context.Client);
            context.Report.Adjust("stop texts of white space were left out");
        }

        json.WriteIfAny("stop_sequences", taken);
    }

    private void WriteTemperature()
    {
        if (!Has(CanonicalField.Temperature) || request.Sampling.Temperature is not { } wish)
        {
            return;
        }

        var limit = context.Rules.MaxTemperature ?? TemperatureLimit;
        var temperature = Math.Clamp(wish, 0, limit);
        if (IsLostToThinking(CanonicalField.Temperature, temperature == TemperatureLimit))
        {
            return;
        }

        if (temperature < wish)
        {
            context.Report.Adjust($"temperature {wish} became {temperature}");
        }

        json.WriteNumber("temperature", temperature);
    }

    private bool IsLostToTemperature()
    {
        var isLost = context.Rules.TemperatureOrTopP && Has(CanonicalField.Temperature);
        if (isLost)
        {
            context.Report.Drop(CanonicalField.TopP, context.Client);
        }

        return isLost;
    }

    /// <summary>A model that thinks takes hardly any sampling members.</summary>
    private bool IsLostToThinking(CanonicalField field, bool isTakenAnyway)
    {
        if (!_thinking.IsOn || isTakenAnyway)
        {
            return false;
        }

        context.Report.Drop(field, context.Client);
        return true;
    }

    private void WriteThinking()
    {
        if (_thinking.Type is { } type)
        {
            json.WriteStartObject("thinking");
            json.WriteString("type", type);
            if (type == "enabled")
            {
                json.WriteNumber("budget_tokens", _thinking.BudgetTokens);
            }

            if (_thinking.IsOn && Has(CanonicalField.ReasoningDisplay))
            {
                json.WriteString("display", request.Reasoning?.Display == ReasoningDisplay.Hidden ? "omitted" : "summarized");
            }

            json.WriteEndObject();
        }

        var hasSchema = Has(CanonicalField.JsonSchemaOutput);
        var own = Own(OutputConfigMark);
        if (_thinking.Effort is null && !hasSchema && own.Count == 0)
        {
            return;
        }

        json.WriteStartObject("output_config");
        json.WriteIf("effort", _thinking.Effort?.Name());
        if (hasSchema)
        {
            json.WriteStartObject("format");
            json.WriteString("type", "json_schema");
            json.WriteRaw("schema", request.Format!.Schema.IsEmpty ? RawJson.EmptyObject : request.Format.Schema);
            json.WriteEndObject();
        }

        WriteOwn(OutputConfigMark);
        json.WriteEndObject();
    }

    private void WriteTools()
    {
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
    }

    private bool IsWritten(ToolDefinition tool) => tool switch
    {
        FunctionTool function => request.ToolChoice is not { Allowed.Count: > 0 } choice || choice.Allowed.Contains(function.Name),
        ServerTool server => Has(RequestFields.FieldOf(server.Kind)) && (server.Owner.Accepts(context.Target) || HasCounterpart(server)),
        _ => false,
    };

    private bool HasCounterpart(ServerTool tool)
    {
        var has = AnthropicWords.ToolFor(tool.Kind) is not null;
        if (!has)
        {
            context.Report.Drop(tool.Type);
        }

        return has;
    }

    private void WriteTool(ToolDefinition tool)
    {
        switch (tool)
        {
            case FunctionTool function:
                WriteFunction(function);
                break;
            case ServerTool server when server.Owner.Accepts(context.Target):
                json.WriteRaw(server.Raw);
                break;
            case ServerTool server when AnthropicWords.ToolFor(server.Kind) is { } counterpart:
                WriteCounterpart(server, counterpart.Type, counterpart.Name);
                break;
            default:
                break;
        }
    }

    private void WriteFunction(FunctionTool function)
    {
        json.WriteStartObject();
        json.WriteString("name", function.Name);
        json.WriteIf("description", function.Description);
        if (function.Schema.IsObject)
        {
            json.WriteRaw("input_schema", function.Schema);
        }
        else
        {
            json.WriteStartObject("input_schema");
            json.WriteString("type", "object");
            json.WriteEndObject();
        }

        json.WriteIf("strict", context.Rules.Rejects.Contains(CanonicalField.StrictTools) ? null : function.Strict);
        AnthropicMessageWriter.WriteMark(json, function.Cache);
        json.WriteExtensions(function.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void WriteCounterpart(ServerTool tool, string type, string name)
    {
        json.WriteStartObject();
        json.WriteString("type", tool.Kind == ServerToolKind.WebSearch && context.Rules.WebSearchType.Length > 0 ? context.Rules.WebSearchType : type);
        json.WriteString("name", name);
        json.WriteIf("max_uses", tool.MaxUses);
        json.WriteIfAny("allowed_domains", tool.AllowedDomains);
        json.WriteIfAny("blocked_domains", tool.BlockedDomains);
        json.WriteEndObject();
    }

    private void WriteChoice()
    {
        var oneAtATime = request.ParallelToolCalls is false && Has(CanonicalField.ParallelToolCalls);
        if (request.ToolChoice is null && request.ParallelToolCalls is null)
        {
            return;
        }

        var mode = request.ToolChoice?.Mode ?? ToolChoiceMode.Auto;
        if (mode is ToolChoiceMode.Required or ToolChoiceMode.Named && !context.Rules.ForcesTools)
        {
            context.Report.Drop(CanonicalField.ToolChoice, context.Client);
            mode = ToolChoiceMode.Auto;
        }

        json.WriteStartObject("tool_choice");
        json.WriteString("type", mode switch
        {
            ToolChoiceMode.None => "none",
            ToolChoiceMode.Required => "any",
            ToolChoiceMode.Named => "tool",
            _ => "auto",
        });
        json.WriteIf("name", mode == ToolChoiceMode.Named ? request.ToolChoice?.Name : null);
        if (mode != ToolChoiceMode.None && request.ParallelToolCalls is not null)
        {
            json.WriteBoolean("disable_parallel_tool_use", oneAtATime);
        }

        json.WriteEndObject();
    }

    private void WriteAccount()
    {
        if (request.Cache.Automatic is { } automatic && Has(CanonicalField.AutomaticCache))
        {
            AnthropicMessageWriter.WriteMark(json, automatic);
        }

        if (request.ServiceTier is { } tier && Has(CanonicalField.ServiceTier))
        {
            WriteTier(tier);
        }

        var own = Own(MetadataMark);
        if (own.Count == 0 && !Has(CanonicalField.UserId))
        {
            return;
        }

        json.WriteStartObject("metadata");
        json.WriteIf("user_id", Has(CanonicalField.UserId) ? request.UserId : null);
        WriteOwn(MetadataMark);
        json.WriteEndObject();
    }

    private void WriteTier(ServiceLevel tier)
    {
        if (tier is ServiceLevel.Auto or ServiceLevel.Priority)
        {
            json.WriteString("service_tier", "auto");
        }
        else if (tier == ServiceLevel.Standard)
        {
            json.WriteString("service_tier", "standard_only");
        }
        else
        {
            context.Report.Drop(CanonicalField.ServiceTier, context.Client);
        }
    }

    private List<Extension> Own(string mark) =>
        [.. request.Extensions.Where(extension => extension.Owner.Accepts(context.Target) && MarkOf(extension.Name) == mark)];

    private void WriteOwn(string mark)
    {
        foreach (var extension in Own(mark))
        {
            json.WriteRaw(extension.Name[mark.Length..], extension.Value);
        }
    }

    private static string MarkOf(string name) =>
        name.StartsWith(OutputConfigMark, StringComparison.Ordinal) ? OutputConfigMark
        : name.StartsWith(MetadataMark, StringComparison.Ordinal) ? MetadataMark
        : "";
}
