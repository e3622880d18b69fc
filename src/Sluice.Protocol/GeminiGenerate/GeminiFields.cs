using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>What <c>generateContent</c> has a place for, and the member that holds it.</summary>
internal static class GeminiFields
{
    public static readonly FieldNames Names = new(
        (CanonicalField.Temperature, "generationConfig.temperature"),
        (CanonicalField.TopP, "generationConfig.topP"),
        (CanonicalField.TopK, "generationConfig.topK"),
        (CanonicalField.PresencePenalty, "generationConfig.presencePenalty"),
        (CanonicalField.FrequencyPenalty, "generationConfig.frequencyPenalty"),
        (CanonicalField.Seed, "generationConfig.seed"),
        (CanonicalField.Choices, "generationConfig.candidateCount"),
        (CanonicalField.Logprobs, "generationConfig.responseLogprobs"),
        (CanonicalField.TopLogprobs, "generationConfig.logprobs"),
        (CanonicalField.MaxOutputTokens, "generationConfig.maxOutputTokens"),
        (CanonicalField.Stop, "generationConfig.stopSequences"),
        (CanonicalField.JsonObjectOutput, "generationConfig.responseMimeType"),
        (CanonicalField.JsonSchemaOutput, "generationConfig.responseJsonSchema"),
        (CanonicalField.ReasoningEffort, "generationConfig.thinkingConfig.thinkingLevel"),
        (CanonicalField.ReasoningBudget, "generationConfig.thinkingConfig.thinkingBudget"),
        (CanonicalField.ReasoningDisplay, "generationConfig.thinkingConfig.includeThoughts"),
        (CanonicalField.FunctionTools, "tools.functionDeclarations"),
        (CanonicalField.WebSearchTool, "tools.googleSearch"),
        (CanonicalField.WebFetchTool, "tools.urlContext"),
        (CanonicalField.CodeExecutionTool, "tools.codeExecution"),
        (CanonicalField.OtherServerTools, "tools"),
        (CanonicalField.ToolChoice, "toolConfig.functionCallingConfig"),
        (CanonicalField.AllowedTools, "toolConfig.functionCallingConfig.allowedFunctionNames"),
        (CanonicalField.ImageOutput, "generationConfig.responseModalities"),
        (CanonicalField.AudioOutput, "generationConfig.responseModalities"),
        (CanonicalField.ServiceTier, "serviceTier"),
        (CanonicalField.Metadata, "labels"),
        (CanonicalField.Store, "store"),
        (CanonicalField.ImageData, "inlineData"),
        (CanonicalField.ImageUrl, "fileData"),
        (CanonicalField.DocumentData, "inlineData"),
        (CanonicalField.DocumentUrl, "fileData"),
        (CanonicalField.AudioInput, "inlineData"),
        (CanonicalField.VideoInput, "inlineData"),
        (CanonicalField.FileIds, "fileData"),
        (CanonicalField.MediaDetail, "mediaResolution"),
        // As text: the model's words are kept, not their kind.
        (CanonicalField.Refusals, "text"),
        (CanonicalField.ReasoningText, "thought"),
        (CanonicalField.Signatures, "thoughtSignature"),
        (CanonicalField.Citations, "groundingMetadata"),
        (CanonicalField.Grounding, "groundingMetadata"),
        (CanonicalField.ServerToolCalls, "toolCall"),
        (CanonicalField.ToolResultMedia, "functionResponse.parts"),
        (CanonicalField.ToolResultErrors, "functionResponse.response.error"));
}
