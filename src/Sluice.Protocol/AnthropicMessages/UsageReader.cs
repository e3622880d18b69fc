using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// The <c>usage</c> object of a message (@anthropic-ai/sdk 1.11.0 <c>Usage</c>, <c>MessageDeltaUsage</c>).
/// <c>input_tokens</c> excludes both kinds of cache.
/// </summary>
internal static class UsageReader
{
    private static readonly CountTable Counts = new(
        "input_tokens",
        "output_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "cache_creation.ephemeral_5m_input_tokens",
        "cache_creation.ephemeral_1h_input_tokens",
        "output_tokens_details.thinking_tokens",
        "server_tool_use.web_search_requests");

    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        Span<long> counts = stackalloc long[CountTable.Room];
        var sane = Counts.Read(json, counts);
        var output = Math.Max(counts[1], 0);
        var written1h = Math.Max(counts[5], 0);

        // What the split does not explain was written for the vendor's default life.
        var written5m = Math.Max(Math.Max(counts[4], 0), counts[3] - written1h);
        usage = new TokenUsage(
            Math.Max(counts[0], 0), Math.Max(counts[2], 0), written5m, written1h, output, Math.Clamp(counts[6], 0, output))
        {
            WebSearches = Math.Max(counts[7], 0),
            Tier = TierOf(json),
            Suspect = !sane,
        };
        return counts[0] >= 0 || counts[1] >= 0;
    }

    /// <summary>
    /// The usage of a stream after a <c>message_delta</c>: its counts are cumulative, and those that it leaves out stand in
    /// <c>message_start</c>. It never splits the cache's writes by life.
    /// </summary>
    public static TokenUsage Merge(TokenUsage before, TokenUsage delta)
    {
        var written = Math.Max(before.CacheWrite5m + before.CacheWrite1h, delta.CacheWrite5m + delta.CacheWrite1h);
        var written1h = Math.Max(before.CacheWrite1h, delta.CacheWrite1h);
        return new TokenUsage(
            Math.Max(before.Input, delta.Input),
            Math.Max(before.CacheRead, delta.CacheRead),
            written - written1h,
            written1h,
            Math.Max(before.Output, delta.Output),
            Math.Max(before.Reasoning, delta.Reasoning))
        {
            WebSearches = Math.Max(before.WebSearches, delta.WebSearches),
            Tier = delta.Tier == ServiceTier.Standard ? before.Tier : delta.Tier,
            Suspect = before.Suspect || delta.Suspect,
        };
    }

    /// <summary>Fast mode has its own price whatever the tier is called.</summary>
    private static ServiceTier TierOf(ReadOnlySpan<byte> json) =>
        ServiceTiers.Find(json, "\"speed\""u8) is ServiceTier.Fast ? ServiceTier.Fast : ServiceTiers.Find(json, "\"service_tier\""u8);
}
