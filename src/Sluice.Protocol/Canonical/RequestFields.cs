namespace Sluice.Protocol.Canonical;

/// <summary>Finds what a request makes use of, so that what the target has no place for can be named.</summary>
public static class RequestFields
{
    /// <summary>Every field that the request uses.</summary>
    public static FieldSet Of(ChatRequest request)
    {
        var fields = OfSampling(request.Sampling)
            .With(CanonicalField.MaxOutputTokens, request.MaxOutputTokens is not null)
            .With(CanonicalField.Stop, request.Stop.Count > 0)
            .With(CanonicalField.JsonObjectOutput, request.Format?.Kind == OutputFormatKind.JsonObject)
            .With(CanonicalField.JsonSchemaOutput, request.Format?.Kind == OutputFormatKind.JsonSchema)
            .With(CanonicalField.Verbosity, request.Verbosity is not null)
            .With(CanonicalField.ReasoningEffort, request.Reasoning?.Effort is not null)
            .With(CanonicalField.ReasoningBudget, request.Reasoning?.BudgetTokens is not null)
            .With(CanonicalField.ReasoningDisplay, request.Reasoning?.Display is not null)
            .With(CanonicalField.ToolChoice, request.ToolChoice is not null)
            .With(CanonicalField.AllowedTools, request.ToolChoice?.Allowed.Count > 0)
            .With(CanonicalField.ParallelToolCalls, request.ParallelToolCalls is not null)
            .With(CanonicalField.ImageOutput, request.Modalities.Contains("image"))
            .With(CanonicalField.AudioOutput, request.Modalities.Contains("audio"))
            .With(CanonicalField.CacheKey, request.Cache.Key is not null)
            .With(CanonicalField.AutomaticCache, request.Cache.Automatic is not null)
            .With(CanonicalField.ServiceTier, request.ServiceTier is not null)
            .With(CanonicalField.Metadata, request.Metadata.Count > 0)
            .With(CanonicalField.UserId, request.UserId is not null)
            .With(CanonicalField.Store, request.State.Store is not null)
            .With(CanonicalField.PreviousResponse, request.State.PreviousResponseId is not null)
            .With(CanonicalField.Conversation, request.State.ConversationId is not null)
            .With(CanonicalField.Background, request.State.Background is true);
        foreach (var tool in request.Tools)
        {
            fields = AddTool(fields, tool);
        }

        foreach (var message in request.Messages)
        {
            fields = AddBlocks(fields.With(CanonicalField.MessageName, message.Name is not null), message.Content);
        }

        return fields;
    }

    private static FieldSet OfSampling(Sampling sampling) => default(FieldSet)
        .With(CanonicalField.Temperature, sampling.Temperature is not null)
        .With(CanonicalField.TopP, sampling.TopP is not null)
        .With(CanonicalField.TopK, sampling.TopK is not null)
        .With(CanonicalField.PresencePenalty, sampling.PresencePenalty is not null)
        .With(CanonicalField.FrequencyPenalty, sampling.FrequencyPenalty is not null)
        .With(CanonicalField.LogitBias, !sampling.LogitBias.IsEmpty)
        .With(CanonicalField.Seed, sampling.Seed is not null)
        .With(CanonicalField.Choices, sampling.Choices is not (null or 1))
        .With(CanonicalField.Logprobs, sampling.Logprobs is true)
        .With(CanonicalField.TopLogprobs, sampling.TopLogprobs is not null);

    /// <summary>The fields that say what every model does unasked.</summary>
    public static FieldSet AtDefault(Sampling sampling) => default(FieldSet)
        .With(CanonicalField.Temperature, sampling.Temperature == 1)
        .With(CanonicalField.TopP, sampling.TopP == 1)
        .With(CanonicalField.PresencePenalty, sampling.PresencePenalty == 0)
        .With(CanonicalField.FrequencyPenalty, sampling.FrequencyPenalty == 0);

    private static FieldSet AddTool(FieldSet fields, ToolDefinition tool) => tool switch
    {
        FunctionTool function => fields.With(CanonicalField.FunctionTools).With(CanonicalField.StrictTools, function.Strict is true),
        CustomTool => fields.With(CanonicalField.CustomTools),
        ServerTool server => fields.With(FieldOf(server.Kind)),
        _ => fields,
    };

    /// <summary>The field that asks for a tool of the vendor.</summary>
    public static CanonicalField FieldOf(ServerToolKind kind) => kind switch
    {
        ServerToolKind.WebSearch => CanonicalField.WebSearchTool,
        ServerToolKind.WebFetch => CanonicalField.WebFetchTool,
        ServerToolKind.CodeExecution => CanonicalField.CodeExecutionTool,
        _ => CanonicalField.OtherServerTools,
    };

    private static FieldSet AddBlocks(FieldSet fields, IReadOnlyList<ContentBlock> blocks)
    {
        foreach (var block in blocks)
        {
            fields = AddBlock(fields.With(CanonicalField.CacheMarks, block.Cache is not null), block);
        }

        return fields;
    }

    private static FieldSet AddBlock(FieldSet fields, ContentBlock block) => block switch
    {
        MediaBlock media => AddMedia(fields, media),
        RefusalBlock => fields.With(CanonicalField.Refusals),
        ToolResultBlock result => AddBlocks(
            fields.With(CanonicalField.ToolResultErrors, result.IsError)
                .With(CanonicalField.ToolResultMedia, result.Content.Any(part => part is MediaBlock)),
            result.Content),
        _ => fields,
    };

    private static FieldSet AddMedia(FieldSet fields, MediaBlock media)
    {
        fields = fields
            // The vendor's default is no wish; OpenAI's typings demand that it is said.
            .With(CanonicalField.MediaDetail, media.Detail is not (null or "auto"))
            .With(CanonicalField.DocumentContext, media.Context is not null)
            .With(CanonicalField.DocumentCitations, media.Cite is true);
        return (media.Kind, media.Source) switch
        {
            (_, FileMedia) => fields.With(CanonicalField.FileIds),
            (MediaKind.Image, UrlMedia) => fields.With(CanonicalField.ImageUrl),
            (MediaKind.Image, _) => fields.With(CanonicalField.ImageData),
            (MediaKind.Document, UrlMedia) => fields.With(CanonicalField.DocumentUrl),
            (MediaKind.Document, _) => fields.With(CanonicalField.DocumentData),
            (MediaKind.Audio, _) => fields.With(CanonicalField.AudioInput),
            _ => fields.With(CanonicalField.VideoInput),
        };
    }
}
