namespace Sluice.Protocol.Canonical;

/// <summary>How hard the model is to think, from not at all to as hard as it can.</summary>
public enum ReasoningEffort
{
    None,
    Minimal,
    Low,
    Medium,
    High,
    ExtraHigh,
    Max,
}

/// <summary>The words for efforts, which OpenAI's dialects and Anthropic's share.</summary>
public static class ReasoningEffortNames
{
    private static readonly string[] Words = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>Such as <c>xhigh</c>.</summary>
    public static string Name(this ReasoningEffort effort) => Words[(int)effort];

    /// <summary>Finds an effort by its word; null when there is none such.</summary>
    public static ReasoningEffort? Parse(string word) =>
        Array.IndexOf(Words, word) is var found and >= 0 ? (ReasoningEffort)found : null;

    /// <summary>The nearest of the efforts that a model knows; of two as near, the lower. All are known when none is named.</summary>
    public static ReasoningEffort Nearest(this IReadOnlyList<ReasoningEffort> known, ReasoningEffort wish) =>
        known.Count == 0 ? wish : known.MinBy(effort => (Math.Abs(effort - wish), effort));
}

/// <summary>What the client wants to see of the thoughts.</summary>
public enum ReasoningDisplay
{
    /// <summary>Nothing.</summary>
    Hidden,

    /// <summary>As the vendor sees fit.</summary>
    Auto,

    /// <summary>A short summary.</summary>
    Concise,

    /// <summary>A long summary, or the thoughts themselves.</summary>
    Detailed,
}

/// <summary>How the client asks for thoughts. Effort and budget convert into each other by <see cref="ReasoningBudgets"/>.</summary>
public sealed record ReasoningRequest
{
    /// <summary>How hard; null when the request gives a budget or leaves it to the model.</summary>
    public ReasoningEffort? Effort { get; init; }

    /// <summary>The most tokens to think with; null when the request gives an effort or leaves it to the model.</summary>
    public long? BudgetTokens { get; init; }

    /// <summary>True when the model decides how long to think (Anthropic <c>adaptive</c>, Gemini budget -1).</summary>
    public bool Adaptive { get; init; }

    /// <summary>True when the request turns thinking off.</summary>
    public bool Disabled { get; init; }

    /// <summary>What to show; null for the vendor's default.</summary>
    public ReasoningDisplay? Display { get; init; }
}

/// <summary>The table between effort and budget: what Google's own OpenAI endpoint uses, carried on at both ends.</summary>
public static class ReasoningBudgets
{
    private static readonly (ReasoningEffort Effort, long Tokens)[] Table =
    [
        (ReasoningEffort.None, 0),
        (ReasoningEffort.Minimal, 512),
        (ReasoningEffort.Low, 1024),
        (ReasoningEffort.Medium, 8192),
        (ReasoningEffort.High, 24_576),
        (ReasoningEffort.ExtraHigh, 32_768),
        (ReasoningEffort.Max, 65_536),
    ];

    /// <summary>The budget in tokens that stands for an effort.</summary>
    public static long ToBudget(ReasoningEffort effort) => Table[(int)effort].Tokens;

    /// <summary>The greatest effort whose budget does not exceed the tokens.</summary>
    public static ReasoningEffort ToEffort(long tokens) => Table.Last(row => row.Tokens <= Math.Max(tokens, 0)).Effort;

    /// <summary>The effort that a request comes to; null when the model decides.</summary>
    public static ReasoningEffort? EffortOf(ReasoningRequest request) =>
        request.Disabled ? ReasoningEffort.None
        : request.Effort ?? (request.BudgetTokens is { } tokens ? ToEffort(tokens) : null);

    /// <summary>The budget in tokens that a request comes to; null when the model decides.</summary>
    public static long? BudgetOf(ReasoningRequest request) =>
        request.Disabled ? 0
        : request.BudgetTokens ?? (request.Effort is { } effort ? ToBudget(effort) : null);
}
