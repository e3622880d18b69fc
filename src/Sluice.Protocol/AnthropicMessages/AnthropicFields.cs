using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>What the Messages API has a place for, and the member that holds it.</summary>
internal static class AnthropicFields
{
    public static readonly FieldNames Names = new(
        (CanonicalField.Temperature, "temperature"),
        (CanonicalField.TopP, "top_p"),
        (CanonicalField.TopK, "top_k"),
        (CanonicalField.MaxOutputTokens, "max_tokens"),
        (CanonicalField.Stop, "stop_sequences"),
        (CanonicalField.JsonSchemaOutput, "output_config.format"),
        (CanonicalField.ReasoningEffort, "output_config.effort"),
        (CanonicalField.ReasoningBudget, "thinking.budget_tokens"),
        (CanonicalField.ReasoningDisplay, "thinking.display"),
        (CanonicalField.FunctionTools, "tools"),
        (CanonicalField.StrictTools, "tools.strict"),
        (CanonicalField.WebSearchTool, "tools.web_search"),
        (CanonicalField.WebFetchTool, "tools.web_fetch"),
        (CanonicalField.CodeExecutionTool, "tools.code_execution"),
        (CanonicalField.OtherServerTools, "tools"),
        (CanonicalField.ToolChoice, "tool_choice"),
        // By leaving the other tools out.
        (CanonicalField.AllowedTools, "tools"),
        (CanonicalField.ParallelToolCalls, "tool_choice.disable_parallel_tool_use"),
        (CanonicalField.CacheMarks, "cache_control"),
        (CanonicalField.AutomaticCache, "cache_control"),
        (CanonicalField.ServiceTier, "service_tier"),
        (CanonicalField.UserId, "metadata.user_id"),
        (CanonicalField.ImageData, "image"),
        (CanonicalField.ImageUrl, "image"),
        (CanonicalField.DocumentData, "document"),
        (CanonicalField.DocumentUrl, "document"),
        (CanonicalField.DocumentContext, "document.context"),
        (CanonicalField.DocumentCitations, "document.citations"),
        (CanonicalField.FileIds, "source.file_id"),
        // As text: the model's words are kept, not their kind.
        (CanonicalField.Refusals, "text"),
        (CanonicalField.ReasoningText, "thinking"),
        (CanonicalField.Signatures, "signature"),
        (CanonicalField.Citations, "citations"),
        (CanonicalField.Grounding, "citations"),
        (CanonicalField.ServerToolCalls, "server_tool_use"),
        (CanonicalField.ToolResultMedia, "tool_result.content"),
        (CanonicalField.ToolResultErrors, "tool_result.is_error"),
        (CanonicalField.StopText, "stop_sequence"));
}
