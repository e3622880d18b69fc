namespace Sluice.Protocol.Canonical;

/// <summary>Usage as OpenAI counts it in both dialects: the input includes what was read from and written to the cache.</summary>
internal static class InclusiveUsage
{
    /// <summary>Buckets that do not overlap; a count of -1 is 0, and no part is larger than its whole.</summary>
    public static TokenUsage ToBuckets(long input, long output, long cached, long written, long reasoning)
    {
        input = Math.Max(input, 0);
        output = Math.Max(output, 0);
        cached = Math.Clamp(cached, 0, input);
        written = Math.Clamp(written, 0, input - cached);
        return new TokenUsage(input - cached - written, cached, written, 0, output, Math.Clamp(reasoning, 0, output));
    }
}
