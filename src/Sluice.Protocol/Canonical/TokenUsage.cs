namespace Sluice.Protocol.Canonical;

/// <summary>
/// What a call used, in disjoint buckets: no token is counted in two of them, so the sum of <see cref="Input"/>,
/// <see cref="CacheRead"/>, <see cref="CacheWrite5m"/>, <see cref="CacheWrite1h"/> and <see cref="Output"/> is the total.
/// Each dialect's usage object is converted to this form once, by its usage reader.
/// </summary>
/// <param name="Input">Input tokens that were neither read from nor written to a prompt cache.</param>
/// <param name="CacheRead">Input tokens served from the prompt cache.</param>
/// <param name="CacheWrite5m">Input tokens written to a cache of five minutes, or of the vendor's default life.</param>
/// <param name="CacheWrite1h">Input tokens written to a cache of one hour.</param>
/// <param name="Output">Output tokens, reasoning included.</param>
/// <param name="Reasoning">The part of <paramref name="Output"/> that was reasoning; never added to it.</param>
public readonly record struct TokenUsage(
    long Input, long CacheRead, long CacheWrite5m, long CacheWrite1h, long Output, long Reasoning)
{
    /// <summary>All tokens, input and output.</summary>
    public long Total => Input + CacheRead + CacheWrite5m + CacheWrite1h + Output;

    /// <summary>All input tokens, cached or not.</summary>
    public long TotalInput => Input + CacheRead + CacheWrite5m + CacheWrite1h;
}
