namespace Sluice.Limits;

/// <summary>Which limit refused a call.</summary>
internal enum LimitKind
{
    None,
    Requests,
    Tokens,
    Concurrency,
}

/// <summary>Whom a limit counts.</summary>
internal enum LimitScope
{
    Key,
    User,
    Address,
    Model,
    Global,
}

/// <summary>How a limit per minute stands.</summary>
/// <param name="Limit">What it allows in a minute.</param>
/// <param name="Remaining">What is left of it now.</param>
/// <param name="ResetSeconds">Whole seconds until all of it is free again when nothing more comes.</param>
internal readonly record struct LimitState(long Limit, long Remaining, int ResetSeconds);

/// <summary>What limiters decided about a call, with what the headers of its answer say.</summary>
/// <param name="Refused">The limit that stood in the way; <see cref="LimitKind.None"/> when the call may go on.</param>
/// <param name="Scope">Whose limit that was.</param>
/// <param name="RetryAfterSeconds">When a refused call would fit, in whole seconds, at least 1.</param>
internal readonly record struct LimitDecision(LimitKind Refused, LimitScope Scope, int RetryAfterSeconds)
{
    /// <summary>The tightest limit of requests; null where there is none.</summary>
    public LimitState? Requests { get; init; }

    /// <summary>The tightest limit of tokens; null where there is none.</summary>
    public LimitState? Tokens { get; init; }

    /// <summary>This decision with a limiter's more: of the states the tighter ones stay.</summary>
    public LimitDecision With(LimitState? requests, LimitState? tokens) => this with
    {
        Requests = Tighter(Requests, requests),
        Tokens = Tighter(Tokens, tokens),
    };

    private static LimitState? Tighter(LimitState? one, LimitState? other)
        => one is { } a && other is { } b ? (b.Remaining < a.Remaining ? b : a) : one ?? other;
}
