using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>The words of Chat Completions and what they mean.</summary>
internal static class ChatWords
{
    /// <summary>Vendors disagree about the name of reasoning text; this one DeepSeek, vLLM and most gateways use.</summary>
    public const string ReasoningContent = "reasoning_content";

    public static readonly Owner Owner = new(Dialect.OpenAIChat);

    /// <summary>What a finish reason means. Unknown words end the answer as <c>stop</c> does.</summary>
    public static Finish ToFinish(string word) =>
        new(word switch
        {
            "length" => FinishReason.Length,
            "tool_calls" or "function_call" => FinishReason.ToolCalls,
            "content_filter" => FinishReason.ContentFilter,
            "error" => FinishReason.Error,
            _ => FinishReason.Stop,
        })
        {
            Native = word,
            Owner = Owner,
        };

    /// <summary>The finish reason that the client reads.</summary>
    public static string FromFinish(Finish finish) => finish.NativeFor(Dialect.OpenAIChat) ?? finish.Reason switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        FinishReason.ContentFilter => "content_filter",
        FinishReason.Error => "error",
        _ => "stop",
    };

    /// <summary>The tier, or null for a word that is not known.</summary>
    public static ServiceLevel? ToTier(string word) => word switch
    {
        "auto" => ServiceLevel.Auto,
        "default" => ServiceLevel.Standard,
        "flex" => ServiceLevel.Flex,
        "scale" => ServiceLevel.Scale,
        "priority" => ServiceLevel.Priority,
        _ => null,
    };

    /// <summary>The word for a tier, or null when Chat has none.</summary>
    public static string? FromTier(ServiceLevel tier) => tier switch
    {
        ServiceLevel.Auto => "auto",
        ServiceLevel.Standard => "default",
        ServiceLevel.Flex => "flex",
        ServiceLevel.Scale => "scale",
        ServiceLevel.Priority => "priority",
        _ => null,
    };

    public static string Of(Role role, ModelRules rules) => role switch
    {
        Role.System => "system",
        Role.Developer => rules.DeveloperRole ? "developer" : "system",
        Role.Assistant => "assistant",
        Role.Tool => "tool",
        _ => "user",
    };
}
