using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes the members of one request; <see cref="ResponsesInputWriter"/> writes its items.</summary>
internal sealed class ResponsesRequestWriter(Utf8JsonWriter json, ChatRequest request, WriteContext context)
{
    private readonly FieldSet _carried = CarriedFields.Of(request, ResponsesFields.Names, context);
    private readonly ResponsesToolWriter _tools = new(json, context.Target);

    /// <summary>True when the request came in this dialect, whose defaults then hold.</summary>
    private bool IsOwn => context.Client == ResponsesFields.Names;

    public void Write()
    {
        json.WriteStartObject();
        json.WriteString("model", request.Model);
        new ResponsesInputWriter(json, _carried, context).Write(request.Messages);
        if (request.Stream)
        {
            json.WriteBoolean("stream", true);
        }

        WriteSampling();
        WriteInclude();
        WriteText();
        WriteReasoning();
        WriteTools();
        WriteAccount();
        WriteState();
        json.WriteExtensions([.. request.Extensions.Where(extension => !IsInside(extension.Name))], context.Target);
        json.WriteEndObject();
    }

    private static bool IsInside(string name) =>
        name.StartsWith(ResponsesWords.TextMark, StringComparison.Ordinal)
        || name.StartsWith(ResponsesWords.ReasoningMark, StringComparison.Ordinal);

    private bool Has(CanonicalField field) => _carried.Contains(field);

    private List<Extension> Own(string mark) =>
        [.. ResponsesWords.WithMark(request.Extensions, mark).Where(extension => extension.Owner.Accepts(context.Target))];

    private void WriteSampling()
    {
        var sampling = request.Sampling;
        json.WriteIf("temperature", Has(CanonicalField.Temperature) ? Fitting(sampling.Temperature) : null);
        json.WriteIf("top_p", Has(CanonicalField.TopP) ? sampling.TopP : null);
        json.WriteIf("top_logprobs", Has(CanonicalField.TopLogprobs) ? sampling.TopLogprobs : null);
        if (Has(CanonicalField.MaxOutputTokens) && request.MaxOutputTokens is { } wish)
        {
            var most = Math.Min(wish, context.Rules.MaxOutputTokens ?? long.MaxValue);
            if (most < wish)
            {
                context.Report.Adjust($"{wish} output tokens became {most}");
            }

            json.WriteNumber("max_output_tokens", most);
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

    private void WriteInclude()
    {
        var isKept = request.Extensions.Any(extension => extension.Name == ResponsesInclude.Name && extension.Owner.Accepts(context.Target));
        var isSigned = request.State.SignedReasoning || (!IsOwn && Thinks);
        var hasLogprobs = Has(CanonicalField.Logprobs);
        if (isKept || (!isSigned && !hasLogprobs))
        {
            // A list that was kept has all the words that the model knows.
            return;
        }

        json.WriteStartArray(ResponsesInclude.Name);
        if (isSigned)
        {
            json.WriteStringValue(ResponsesInclude.SignedReasoning);
        }

        if (hasLogprobs)
        {
            json.WriteStringValue(ResponsesInclude.Logprobs);
        }

        json.WriteEndArray();
    }

    /// <summary>
    /// True when it is known that the model thinks: only such models take the wish for signed reasoning, without which
    /// the thoughts of a tool loop would be lost.
    /// </summary>
    private bool Thinks => context.Rules.Thinking != ThinkingStyle.None && !context.Rules.Rejects.Contains(CanonicalField.Signatures)
        && (context.Rules.AlwaysThinks || ThinksUnlessToldNotTo);

    /// <summary>Where the row of a model says how it is told to think, it thinks unasked.</summary>
    private bool ThinksUnlessToldNotTo => (request.Reasoning is { } reasoning ? Effort(reasoning) : null) switch
    {
        null => context.Rules.Thinking == ThinkingStyle.Effort,
        ReasoningEffort.None => false,
        _ => true,
    };

    private void WriteText()
    {
        var own = Own(ResponsesWords.TextMark);
        var format = request.Format is { Kind: OutputFormatKind.JsonSchema } && !Has(CanonicalField.JsonSchemaOutput) ? null : request.Format;
        if (format is null && !Has(CanonicalField.Verbosity) && own.Count == 0)
        {
            return;
        }

        json.WriteStartObject("text");
        if (format is not null)
        {
            json.WritePropertyName("format");
            _tools.WriteFormat(format);
        }

        json.WriteIf("verbosity", Has(CanonicalField.Verbosity) ? request.Verbosity : null);
        json.WriteExtensions(own, context.Target);
        json.WriteEndObject();
    }

    private void WriteReasoning()
    {
        var own = Own(ResponsesWords.ReasoningMark);
        var reasoning = request.Reasoning ?? new ReasoningRequest();
        if (request.Reasoning is not null && context.Rules.Thinking == ThinkingStyle.None)
        {
            context.Report.Drop(CanonicalField.ReasoningEffort, context.Client);
            reasoning = new ReasoningRequest();
        }

        var effort = context.Rules.Rejects.Contains(CanonicalField.ReasoningEffort) ? null : Effort(reasoning);
        var summary = context.Rules.Rejects.Contains(CanonicalField.ReasoningDisplay) ? null : Summary(reasoning);
        if (effort is null && summary is null && own.Count == 0)
        {
            return;
        }

        json.WriteStartObject("reasoning");
        json.WriteIf("effort", effort?.Name());
        json.WriteIf("summary", summary);
        json.WriteExtensions(own, context.Target);
        json.WriteEndObject();
    }

    private ReasoningEffort? Effort(ReasoningRequest reasoning) =>
        ReasoningBudgets.EffortOf(reasoning) is { } wish ? context.Rules.Efforts.Nearest(wish) : null;

    /// <summary>Where thoughts are asked for by a budget they are shown unless the client says otherwise; OpenAI must be asked.</summary>
    private static string? Summary(ReasoningRequest reasoning) => reasoning switch
    {
        { Display: { } display } => ResponsesWords.FromDisplay(display),
        { BudgetTokens: > 0, Disabled: false } => "auto",
        _ => null,
    };

    private void WriteTools()
    {
        var tools = request.Tools.Where(IsWritten).ToList();
        var hasImages = Has(CanonicalField.ImageOutput) && !tools.Any(tool => tool is ServerTool { Kind: ServerToolKind.ImageGeneration });
        if (tools.Count > 0 || hasImages)
        {
            json.WriteStartArray("tools");
            tools.ForEach(WriteTool);
            if (hasImages)
            {
                WriteCounterpart("image_generation", []);
            }

            json.WriteEndArray();
        }

        if (request.ToolChoice is { } choice && Has(CanonicalField.ToolChoice) && (tools.Count > 0 || choice.Mode is ToolChoiceMode.Auto or ToolChoiceMode.None))
        {
            json.WritePropertyName("tool_choice");
            _tools.WriteChoice(Has(CanonicalField.AllowedTools) ? choice : choice with { Allowed = [] }, request.Tools);
        }

        json.WriteIf("parallel_tool_calls", Has(CanonicalField.ParallelToolCalls) ? request.ParallelToolCalls : null);
    }

    private bool IsWritten(ToolDefinition tool) => tool switch
    {
        FunctionTool => true,
        CustomTool => Has(CanonicalField.CustomTools),
        ServerTool server => Has(RequestFields.FieldOf(server.Kind)) && (server.Owner.Accepts(context.Target) || HasCounterpart(server)),
        _ => false,
    };

    private bool HasCounterpart(ServerTool tool)
    {
        if (CounterpartOf(tool.Kind) is null)
        {
            context.Report.Drop(tool.Type);
            return false;
        }

        if (tool.BlockedDomains.Count > 0)
        {
            context.Report.Drop("blocked_domains");
        }

        if (tool.MaxUses is not null)
        {
            context.Report.Drop("max_uses");
        }

        return true;
    }

    private string? CounterpartOf(ServerToolKind kind) => kind switch
    {
        ServerToolKind.WebSearch => context.Rules.WebSearchType.Length > 0 ? context.Rules.WebSearchType : "web_search",
        ServerToolKind.CodeExecution => "code_interpreter",
        ServerToolKind.ImageGeneration => "image_generation",
        _ => null,
    };

    private void WriteTool(ToolDefinition tool)
    {
        switch (tool)
        {
            case FunctionTool function:
                // OpenAI holds functions to their schema unless told otherwise; other dialects do not.
                _tools.WriteFunction(function, Has(CanonicalField.StrictTools) || IsOwn ? function.Strict : false);
                break;
            case CustomTool custom:
                _tools.WriteCustom(custom);
                break;
            case ServerTool server when server.Owner.Accepts(context.Target):
                json.WriteRaw(server.Raw);
                break;
            case ServerTool server when CounterpartOf(server.Kind) is { } type:
                WriteCounterpart(type, server.AllowedDomains);
                break;
            default:
                break;
        }
    }

    private void WriteCounterpart(string type, IReadOnlyList<string> allowedDomains)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        if (type == "code_interpreter")
        {
            json.WriteStartObject("container");
            json.WriteString("type", "auto");
            json.WriteEndObject();
        }

        if (allowedDomains.Count > 0)
        {
            json.WriteStartObject("filters");
            json.WriteIfAny("allowed_domains", allowedDomains);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteAccount()
    {
        json.WriteIf("prompt_cache_key", Has(CanonicalField.CacheKey) ? request.Cache.Key : null);
        json.WriteIf("safety_identifier", Has(CanonicalField.UserId) ? request.UserId : null);
        if (Has(CanonicalField.ServiceTier) && request.ServiceTier is { } tier)
        {
            json.WriteIf("service_tier", ChatWords.FromTier(tier));
        }

        if (!Has(CanonicalField.Metadata))
        {
            return;
        }

        json.WriteStartObject("metadata");
        foreach (var (name, value) in request.Metadata)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>OpenAI keeps answers unless told otherwise, which clients of other dialects do not expect.</summary>
    private void WriteState()
    {
        var state = request.State;
        json.WriteIf("store", Has(CanonicalField.Store) ? state.Store : IsOwn ? null : false);
        json.WriteIf("previous_response_id", Has(CanonicalField.PreviousResponse) ? state.PreviousResponseId : null);
        json.WriteIf("conversation", Has(CanonicalField.Conversation) ? state.ConversationId : null);
        json.WriteIf("background", context.Rules.Rejects.Contains(CanonicalField.Background) ? null : state.Background);
    }
}
