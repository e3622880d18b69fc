using System.Globalization;
using Sluice.Providers.Failures;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Anthropic;

/// <summary>Anthropic's codes that mean something else than their status says.</summary>
internal static class AnthropicErrors
{
    /// <summary>The kind by the vendor's code; null when the status says it all.</summary>
    public static UpstreamFailureKind? Kind(UpstreamErrorBody error) => (error.DetailCode, error.Type) switch
    {
        // Both come as 429 rate_limit_error without a retry-after: no waiting helps.
        ("enforced_spend_limit_reached" or "contract_spend_limit_reached", _) => OutOfCredit,

        // Traffic grew too fast; passes by itself.
        ("ramp_limit_exceeded", _) => RateLimited,
        (_, "billing_error") => OutOfCredit,
        (_, "overloaded_error") => Overloaded,

        // A used-up balance, or a spend limit that the customer has set, is a 400 invalid_request_error and known only by its words.
        (_, "invalid_request_error") when error.Message.Contains("credit balance is too low", StringComparison.Ordinal)
            || (error.Message.Contains("reached your specified", StringComparison.Ordinal)
                && error.Message.Contains("usage limits", StringComparison.Ordinal)) => OutOfCredit,
        _ => null,
    };

    /// <summary>
    /// When a spend limit ends: a monthly one of the organization with the calendar month in UTC, one that the customer has
    /// set when its message says ("You will regain access on 2026-12-01 at 00:00 UTC"); null when nothing says.
    /// </summary>
    public static TimeSpan? Reset(UpstreamErrorBody error, DateTimeOffset now)
    {
        const string Announcement = "regain access on ";
        const int DateLength = 10;
        var at = error.Message.IndexOf(Announcement, StringComparison.Ordinal);
        if (at >= 0 && error.Message.Length >= at + Announcement.Length + DateLength
            && DateOnly.TryParseExact(
                error.Message.AsSpan(at + Announcement.Length, DateLength), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            var until = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) - now;
            return until > RetryAfter.Longest ? RetryAfter.Longest : until > TimeSpan.Zero ? until : null;
        }

        return error.DetailCode == "enforced_spend_limit_reached"
            ? new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1) - now
            : null;
    }
}
