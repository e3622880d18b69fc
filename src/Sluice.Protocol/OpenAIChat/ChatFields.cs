using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>What Chat Completions has a place for, and the member that holds it.</summary>
internal static class ChatFields
{
    public static readonly FieldNames Names = new(
        (CanonicalField.Temperature, "temperature"),
        (CanonicalField.TopP, "top_p"),
        (CanonicalField.PresencePenalty, "presence_penalty"),
        (CanonicalField.FrequencyPenalty, "frequency_penalty"),
        (CanonicalField.LogitBias, "logit_bias"),
        (CanonicalField.Seed, "seed"),
        (CanonicalField.Choices, "n"),
        (CanonicalField.Logprobs, "logprobs"),
        (CanonicalField.TopLogprobs, "top_logprobs"),
        (CanonicalField.MaxOutputTokens, "max_completion_tokens"),
        (CanonicalField.Stop, "stop"),
        (CanonicalField.JsonObjectOutput, "response_format"),
        (CanonicalField.JsonSchemaOutput, "response_format"),
        (CanonicalField.Verbosity, "verbosity"),
        (CanonicalField.ReasoningEffort, "reasoning_effort"),
        (CanonicalField.ReasoningBudget, "reasoning_effort"),
        (CanonicalField.FunctionTools, "tools"),
        (CanonicalField.StrictTools, "tools.function.strict"),
        (CanonicalField.CustomTools, "tools.custom"),
        (CanonicalField.WebSearchTool, "web_search_options"),
        (CanonicalField.ToolChoice, "tool_choice"),
        (CanonicalField.AllowedTools, "tool_choice.allowed_tools"),
        (CanonicalField.ParallelToolCalls, "parallel_tool_calls"),
        (CanonicalField.AudioOutput, "modalities"),
        (CanonicalField.CacheMarks, "prompt_cache_breakpoint"),
        (CanonicalField.CacheKey, "prompt_cache_key"),
        // OpenAI marks one place by itself unless told otherwise.
        (CanonicalField.AutomaticCache, "prompt_cache_options"),
        (CanonicalField.ServiceTier, "service_tier"),
        (CanonicalField.Metadata, "metadata"),
        (CanonicalField.UserId, "safety_identifier"),
        (CanonicalField.Store, "store"),
        (CanonicalField.MessageName, "messages.name"),
        (CanonicalField.ImageData, "image_url"),
        (CanonicalField.ImageUrl, "image_url"),
        (CanonicalField.DocumentData, "file"),
        (CanonicalField.AudioInput, "input_audio"),
        (CanonicalField.FileIds, "file.file_id"),
        // As a message of the user that follows.
        (CanonicalField.ToolResultMedia, "messages"),
        (CanonicalField.MediaDetail, "image_url.detail"),
        (CanonicalField.Refusals, "refusal"),
        (CanonicalField.ReasoningText, "reasoning_content"),
        (CanonicalField.Citations, "annotations"),
        (CanonicalField.Grounding, "annotations"))
    {
        // vLLM's, OpenRouter's and others'; OpenAI refuses it.
        ReadOnly = (CanonicalField.TopK, "top_k"),
    };
}
