using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>What the Responses API has a place for, and the member that holds it.</summary>
internal static class ResponsesFields
{
    public static readonly FieldNames Names = new(
        (CanonicalField.Temperature, "temperature"),
        (CanonicalField.TopP, "top_p"),
        (CanonicalField.Logprobs, "include"),
        (CanonicalField.TopLogprobs, "top_logprobs"),
        (CanonicalField.MaxOutputTokens, "max_output_tokens"),
        (CanonicalField.JsonObjectOutput, "text.format"),
        (CanonicalField.JsonSchemaOutput, "text.format"),
        (CanonicalField.Verbosity, "text.verbosity"),
        (CanonicalField.ReasoningEffort, "reasoning.effort"),
        (CanonicalField.ReasoningBudget, "reasoning.effort"),
        (CanonicalField.ReasoningDisplay, "reasoning.summary"),
        (CanonicalField.FunctionTools, "tools"),
        (CanonicalField.StrictTools, "tools.strict"),
        (CanonicalField.CustomTools, "tools.custom"),
        (CanonicalField.WebSearchTool, "tools.web_search"),
        (CanonicalField.CodeExecutionTool, "tools.code_interpreter"),
        (CanonicalField.OtherServerTools, "tools"),
        (CanonicalField.ToolChoice, "tool_choice"),
        (CanonicalField.AllowedTools, "tool_choice.tools"),
        (CanonicalField.ParallelToolCalls, "parallel_tool_calls"),
        // As a tool of the vendor.
        (CanonicalField.ImageOutput, "tools.image_generation"),
        (CanonicalField.CacheMarks, "prompt_cache_breakpoint"),
        (CanonicalField.CacheKey, "prompt_cache_key"),
        // OpenAI marks one place by itself unless told otherwise.
        (CanonicalField.AutomaticCache, "prompt_cache_options"),
        (CanonicalField.ServiceTier, "service_tier"),
        (CanonicalField.Metadata, "metadata"),
        (CanonicalField.UserId, "safety_identifier"),
        (CanonicalField.Store, "store"),
        (CanonicalField.PreviousResponse, "previous_response_id"),
        (CanonicalField.Conversation, "conversation"),
        (CanonicalField.Background, "background"),
        (CanonicalField.ImageData, "input_image"),
        (CanonicalField.ImageUrl, "input_image"),
        (CanonicalField.DocumentData, "input_file"),
        (CanonicalField.DocumentUrl, "input_file.file_url"),
        (CanonicalField.AudioInput, "input_audio"),
        (CanonicalField.FileIds, "file_id"),
        (CanonicalField.MediaDetail, "detail"),
        (CanonicalField.Refusals, "refusal"),
        (CanonicalField.ReasoningText, "reasoning"),
        (CanonicalField.Signatures, "reasoning.encrypted_content"),
        (CanonicalField.Citations, "annotations"),
        (CanonicalField.Grounding, "annotations"),
        (CanonicalField.ServerToolCalls, "web_search_call"),
        (CanonicalField.ToolResultMedia, "function_call_output.output"));
}
