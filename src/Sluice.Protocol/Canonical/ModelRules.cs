namespace Sluice.Protocol.Canonical;

/// <summary>How a model is told to think.</summary>
public enum ThinkingStyle
{
    /// <summary>As the dialect usually does: an effort in OpenAI's, a budget in Anthropic's and Gemini's.</summary>
    Usual,

    /// <summary>It does not think; a request for it is left out.</summary>
    None,

    /// <summary>By an effort (Anthropic <c>output_config.effort</c>, Gemini <c>thinkingLevel</c>).</summary>
    Effort,

    /// <summary>By a budget of tokens.</summary>
    Budget,

    /// <summary>It decides itself how long; an effort says how hard (Anthropic <c>adaptive</c>).</summary>
    Adaptive,
}

/// <summary>
/// What is particular to a model, as a row of the catalogue: writers hold no model names. The defaults suit a model of which
/// nothing is known.
/// </summary>
public sealed record ModelRules
{
    /// <summary>Nothing particular.</summary>
    public static ModelRules Default { get; } = new();

    /// <summary>Fields that the model refuses and that are therefore left out and announced.</summary>
    public FieldSet Rejects { get; init; }

    /// <summary>How it is told to think.</summary>
    public ThinkingStyle Thinking { get; init; }

    /// <summary>The efforts it knows, ascending; the nearest is taken. Empty when it knows all.</summary>
    public IReadOnlyList<ReasoningEffort> Efforts { get; init; } = [];

    /// <summary>True when thinking cannot be turned off.</summary>
    public bool AlwaysThinks { get; init; }

    /// <summary>
    /// Anthropic's <c>thinking.type</c> for a model that is not to think: <c>disabled</c>, or <c>between_tools</c> where that is
    /// the least there is. Empty where nothing is to be said.
    /// </summary>
    public string ThinkingOff { get; init; } = "disabled";

    /// <summary>The least budget of thoughts in tokens that the model takes, beside none; null for the dialect's own.</summary>
    public long? LeastThinkingBudget { get; init; }

    /// <summary>The greatest budget of thoughts in tokens that the model takes; null when not known.</summary>
    public long? MostThinkingBudget { get; init; }

    /// <summary>The Chat member for the most tokens: <c>max_completion_tokens</c>, or <c>max_tokens</c> for older models and other vendors.</summary>
    public string MaxTokensMember { get; init; } = "max_completion_tokens";

    /// <summary>The most tokens to ask for where the dialect requires a number and the client gives none.</summary>
    public long DefaultMaxOutputTokens { get; init; } = 4096;

    /// <summary>The most tokens the model can answer with; a greater wish becomes this. Null when not known.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>The greatest temperature it takes; null for the dialect's own limit.</summary>
    public double? MaxTemperature { get; init; }

    /// <summary>True when the model takes only one of temperature and top_p; the temperature stays.</summary>
    public bool TemperatureOrTopP { get; init; }

    /// <summary>False when the model refuses to be forced to call a tool; it is then asked to decide itself.</summary>
    public bool ForcesTools { get; init; } = true;

    /// <summary>True when developer texts are a role of their own; else they are written as system texts.</summary>
    public bool DeveloperRole { get; init; } = true;

    /// <summary>True when system texts may stand between turns (Anthropic since version 2026-10-21).</summary>
    public bool SystemBetweenTurns { get; init; }

    /// <summary>True when the vendor takes reasoning text back in <c>reasoning_content</c> (DeepSeek and others in Chat).</summary>
    public bool TakesReasoningContent { get; init; }

    /// <summary>
    /// True when the first tool call of every step must be signed, and takes Google's mark for calls that another model made
    /// (Gemini 3 and later).
    /// </summary>
    public bool SignsCalls { get; init; } = true;

    /// <summary>
    /// How many blocks may be marked for the prompt cache; the last ones keep their marks. Null for the dialect's own number:
    /// four in Messages, none in OpenAI's, which take marks from gpt-5.6 on.
    /// </summary>
    public int? CacheBreakpoints { get; init; }

    /// <summary>The value of <c>anthropic-version</c>; empty for the version that is usual.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>The operation that a call of another dialect is put to where the vendor serves several, such as <c>responses</c>; empty for its first.</summary>
    public string Operation { get; init; } = "";

    /// <summary>The definition of the dialect's web search, such as <c>web_search_20250305</c>; empty for the dialect's usual one.</summary>
    public string WebSearchType { get; init; } = "";
}
