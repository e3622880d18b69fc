namespace Sluice.Protocol.Canonical;

/// <summary>How likely a token was.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="Logprob">The natural logarithm of its probability.</param>
public sealed record TokenLogprob(string Token, double Logprob)
{
    /// <summary>The token's UTF-8 bytes as a JSON array, for tokens that are no text; empty when the vendor gives none.</summary>
    public RawJson Bytes { get; init; }

    /// <summary>The likeliest tokens at this place.</summary>
    public IReadOnlyList<TokenLogprob> Top { get; init; } = [];
}
