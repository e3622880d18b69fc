using System.Globalization;

namespace Sluice.Providers.Failures;

/// <summary>Reads when a vendor wants to be asked again.</summary>
internal static class RetryAfter
{
    /// <summary>A vendor that asks for longer is held to this: nothing is learnt from a time further off.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>Digits, at most a sign and a point; no exponent, no separators.</summary>
    private const NumberStyles PlainNumber = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign
        | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary><c>retry-after-ms</c> (milliseconds), else <c>retry-after</c> (seconds, fractions allowed, or an HTTP date).</summary>
    /// <returns>At least zero, at most <see cref="Longest"/>; null when neither header is there or can be read.</returns>
    public static TimeSpan? FromHeaders(IUpstreamHeaders headers, DateTimeOffset now)
    {
        if (headers.Find("retry-after-ms") is { } milliseconds && TryParse(milliseconds, out var count))
        {
            return Bounded(count / 1000);
        }

        if (headers.Find("retry-after") is not { } text)
        {
            return null;
        }

        if (TryParse(text, out var seconds))
        {
            return Bounded(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var date)
            ? Bounded((date - now).TotalSeconds)
            : null;
    }

    /// <summary>A duration as Google writes it in JSON: seconds with up to nine decimals and an <c>s</c>, such as <c>34.074824224s</c>.</summary>
    public static TimeSpan? ParseProtobufDuration(string text) =>
        text.EndsWith('s') && TryParse(text.AsSpan(0, text.Length - 1), out var seconds) ? Bounded(seconds) : null;

    /// <summary>The time until the next midnight of California, when Google's daily quotas begin anew.</summary>
    public static TimeSpan UntilPacificMidnight(DateTimeOffset now)
    {
        // Without a time zone database winter time serves all year: in summer the rest ends an hour late, never early.
        var pacific = TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone)
            ? zone
            : TimeZoneInfo.CreateCustomTimeZone("Pacific", TimeSpan.FromHours(-8), "Pacific", "Pacific");
        var midnight = DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(now, pacific).Date.AddDays(1), DateTimeKind.Unspecified);
        return new DateTimeOffset(midnight, pacific.GetUtcOffset(midnight)) - now;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, PlainNumber, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));
}
