using System.Globalization;
using Sluice.Limits;
using Sluice.Protocol;

namespace Sluice.Pipeline;

/// <summary>
/// How the limits stand, on every reply, in three spellings: OpenAI's <c>x-ratelimit-*</c> for every client, Anthropic's own
/// beside it in its dialect, and the fields <c>RateLimit-Policy</c> and <c>RateLimit</c> of draft-ietf-httpapi-ratelimit-headers.
/// The values are the caller's tightest limits, never those of an account at a vendor.
/// </summary>
internal static class LimitHeaders
{
    private const string Policy = "RateLimit-Policy";
    private const string Current = "RateLimit";

    /// <summary>The largest integer of structured fields (RFC 9651 §3.3.1).</summary>
    private const long LargestFieldInteger = 999_999_999_999_999;

    /// <summary>A limit's texts are kept for so many values; operators set few.</summary>
    private const int KeptTexts = 64;

    private static readonly Names Requests = new("requests");
    private static readonly Names Tokens = new("tokens");
    private static readonly LimitText?[] Kept = new LimitText?[KeptTexts];

    private static readonly string[] DurationTexts = [.. Enumerable.Range(0, 62).Select(static seconds
        => seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds}s") : string.Create(CultureInfo.InvariantCulture, $"1m{seconds - 60}s"))];

    /// <summary>Writes what is limited; nothing where nothing is.</summary>
    /// <param name="headers">The reply's.</param>
    /// <param name="dialect">The dialect of the endpoint.</param>
    /// <param name="decision">How the limits stand.</param>
    /// <param name="now">The time, for those who want to read a time of reset.</param>
    public static void Write(IHeaderDictionary headers, Dialect dialect, in LimitDecision decision, DateTimeOffset now)
    {
        if (decision.Requests is { } requests)
        {
            WriteState(headers, Requests, in requests, dialect, now);
        }

        if (decision.Tokens is { } tokens)
        {
            WriteState(headers, Tokens, in tokens, dialect, now);
        }

        switch (decision)
        {
            case { Requests: { } both, Tokens: { } tokensToo }:
                headers[Policy] = $"{TextOf(both.Limit).RequestsPolicy}, {TextOf(tokensToo.Limit).TokensPolicy}";
                headers[Current] = $"{Field(Requests, in both)}, {Field(Tokens, in tokensToo)}";
                break;
            case { Requests: { } alone }:
                headers[Policy] = TextOf(alone.Limit).RequestsPolicy;
                headers[Current] = Field(Requests, in alone);
                break;
            case { Tokens: { } alone }:
                headers[Policy] = TextOf(alone.Limit).TokensPolicy;
                headers[Current] = Field(Tokens, in alone);
                break;
        }
    }

    /// <summary>True for a header that <see cref="Write"/> sets: it speaks of one moment and means nothing later.</summary>
    public static bool IsOne(string name)
        => name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("anthropic-ratelimit-", StringComparison.OrdinalIgnoreCase)
            || name.Equals(Policy, StringComparison.OrdinalIgnoreCase)
            || name.Equals(Current, StringComparison.OrdinalIgnoreCase);

    private static void WriteState(IHeaderDictionary headers, Names names, in LimitState state, Dialect dialect, DateTimeOffset now)
    {
        var limit = TextOf(state.Limit).Number;
        var remaining = Text(state.Remaining);
        headers[names.Limit] = limit;
        headers[names.Remaining] = remaining;

        // As OpenAI writes it: 59s, 1m0s.
        headers[names.Reset] = DurationTexts[Math.Clamp(state.ResetSeconds, 0, DurationTexts.Length - 1)];
        if (dialect == Dialect.AnthropicMessages)
        {
            headers[names.AnthropicLimit] = limit;
            headers[names.AnthropicRemaining] = remaining;
            headers[names.AnthropicReset] = now.AddSeconds(state.ResetSeconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }
    }

    private static string Field(Names names, in LimitState state)
        => string.Create(CultureInfo.InvariantCulture, $"\"{names.Kind}\";r={Math.Min(state.Remaining, LargestFieldInteger)};t={state.ResetSeconds}");

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static LimitText TextOf(long limit)
    {
        // Two values that share a place push each other out, which costs the texts and no more.
        ref var kept = ref Kept[limit % KeptTexts];
        if (Volatile.Read(ref kept) is { } known && known.Value == limit)
        {
            return known;
        }

        var made = new LimitText(limit);
        Volatile.Write(ref kept, made);
        return made;
    }

    private sealed class LimitText(long limit)
    {
        public long Value => limit;

        public string Number { get; } = Text(limit);

        public string RequestsPolicy { get; } = PolicyOf(Requests, limit);

        public string TokensPolicy { get; } = PolicyOf(Tokens, limit);
    }

    private static string PolicyOf(Names names, long limit)
        => string.Create(CultureInfo.InvariantCulture, $"\"{names.Kind}\";q={Math.Min(limit, LargestFieldInteger)};w=60");

    private sealed class Names(string kind)
    {
        public string Kind => kind;

        public string Limit { get; } = "x-ratelimit-limit-" + kind;

        public string Remaining { get; } = "x-ratelimit-remaining-" + kind;

        public string Reset { get; } = "x-ratelimit-reset-" + kind;

        public string AnthropicLimit { get; } = $"anthropic-ratelimit-{kind}-limit";

        public string AnthropicRemaining { get; } = $"anthropic-ratelimit-{kind}-remaining";

        public string AnthropicReset { get; } = $"anthropic-ratelimit-{kind}-reset";
    }
}
