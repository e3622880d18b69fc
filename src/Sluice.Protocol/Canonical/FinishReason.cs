namespace Sluice.Protocol.Canonical;

/// <summary>Why an answer ended (wire.md §0.2).</summary>
public enum FinishReason
{
    /// <summary>The model was done, or met a stop text.</summary>
    Stop,

    /// <summary>No tokens were left, of the answer or of the context.</summary>
    Length,

    /// <summary>The model waits for results of tools.</summary>
    ToolCalls,

    /// <summary>The vendor, or the model itself, held the answer back.</summary>
    ContentFilter,

    /// <summary>The model failed to answer, such as with a call that cannot be read (Gemini).</summary>
    Error,
}

/// <summary>Why and how an answer ended.</summary>
/// <param name="Reason">The reason in no vendor's terms.</param>
public sealed record Finish(FinishReason Reason)
{
    /// <summary>The vendor's own word, which its own dialect writes again; empty when Sluice decided.</summary>
    public string Native { get; init; } = "";

    /// <summary>Whose word it is.</summary>
    public Owner Owner { get; init; }

    /// <summary>The stop text that was met; null when there was none or the vendor does not tell.</summary>
    public string? StopText { get; init; }

    /// <summary>Why the answer was held back, in words for a person; null when the vendor does not tell.</summary>
    public string? Explanation { get; init; }

    /// <summary>
    /// The finish that agrees with what was said: tool calls were made exactly when the reason says so. Vendors get it wrong.
    /// </summary>
    /// <param name="hasCalls">True when the answer holds a call of a client's tool.</param>
    public Finish Agreeing(bool hasCalls) => (Reason, hasCalls) switch
    {
        (FinishReason.Stop, true) => new Finish(FinishReason.ToolCalls),
        (FinishReason.ToolCalls, false) => new Finish(FinishReason.Stop),
        _ => this,
    };

    /// <summary>The vendor's own word when it belongs to the dialect, else null.</summary>
    public string? NativeFor(Dialect dialect) => Native.Length > 0 && Owner.Dialect == dialect ? Native : null;
}
