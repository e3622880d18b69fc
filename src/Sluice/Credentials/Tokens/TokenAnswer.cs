namespace Sluice.Credentials.Tokens;

/// <summary>Why there is no token.</summary>
/// <param name="IsRefused">True when the issuer says no to this credential; false when it could not be asked, or failed.</param>
/// <param name="Code">A short name for logs and lists, such as <c>invalid_grant</c>.</param>
/// <param name="Message">For the operator: what happened, and what to look at. Holds nothing secret.</param>
internal sealed record TokenFailure(bool IsRefused, string Code, string Message)
{
    /// <summary>The issuer's own wish; null where it has none.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What an exchange came to: one of the two is set.</summary>
/// <param name="Text">The access token.</param>
/// <param name="Lifetime">How long it holds.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct TokenAnswer(string? Text, TimeSpan Lifetime, TokenFailure? Failure)
{
    public static TokenAnswer Of(string text, TimeSpan lifetime) => new(text, lifetime, null);

    public static TokenAnswer Failed(TokenFailure failure) => new(null, default, failure);
}
