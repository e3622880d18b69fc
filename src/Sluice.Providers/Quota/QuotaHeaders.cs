using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sluice.Providers.Failures;
using Sluice.Providers.Transport;

namespace Sluice.Providers.Quota;

/// <summary>
/// Reads the windows that vendors tell in headers: <c>anthropic-ratelimit-{what}-{part}</c> with times as RFC 3339, and
/// <c>x-ratelimit-{part}-{what}</c> of OpenAI and those who follow it, with durations such as <c>6m0s</c>. A name without
/// <c>what</c> (OpenRouter) is about requests. Sources: platform.claude.com/docs/en/api/rate-limits,
/// platform.openai.com/docs/guides/rate-limits, console.groq.com/docs/rate-limits, openrouter.ai/docs/api/reference/limits.
/// </summary>
public static class QuotaHeaders
{
    /// <summary>How many kinds of windows there are.</summary>
    public const int Kinds = 4;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Later numbers without a unit are points in time: seconds since 1970, or above <see cref="FirstEpochMilliseconds"/> milliseconds.</summary>
    private const double FirstEpochSeconds = 1e9;

    private const double FirstEpochMilliseconds = 1e12;

    /// <summary>Fills in what the headers of an answer tell; allocates nothing.</summary>
    /// <param name="upstream">The answer; its headers must not be consumed.</param>
    /// <param name="now">The current time.</param>
    /// <param name="into">A place for each <see cref="QuotaKind"/>.</param>
    /// <returns>False when the headers tell nothing.</returns>
    public static bool Read(UpstreamConnection upstream, DateTimeOffset now, Span<QuotaReading> into)
    {
        var found = false;
        for (var at = 0; upstream.NextHeader(ref at, out var name, out var value);)
        {
            if (!TryParse(name, out var kind, out var part))
            {
                continue;
            }

            if (!found)
            {
                into[..Kinds].Fill(QuotaReading.Unknown);
                found = true;
            }

            Take(ref into[(int)kind], part, value, now);
        }

        return found;
    }

    /// <summary>Reads one header's value; what cannot be read changes nothing.</summary>
    internal static void Take(ref QuotaReading reading, QuotaPart part, ReadOnlySpan<byte> value, DateTimeOffset now)
    {
        if (part == QuotaPart.Reset)
        {
            reading.Reset = ParseReset(value, now) ?? reading.Reset;
        }
        else if (Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length && number >= 0)
        {
            if (part == QuotaPart.Limit)
            {
                reading.Limit = number;
            }
            else
            {
                reading.Remaining = number;
            }
        }
    }

    /// <summary>Tells what a header is about, in any case of letters; false for all others.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out QuotaKind kind, out QuotaPart part)
    {
        (kind, part) = (QuotaKind.Requests, QuotaPart.Limit);
        if (StartsWith(name, "x-ratelimit-"u8))
        {
            var rest = name["x-ratelimit-"u8.Length..];
            var dash = rest.IndexOf((byte)'-');
            return TryPart(dash < 0 ? rest : rest[..dash], out part) && (dash < 0 || TryKind(rest[(dash + 1)..], out kind));
        }

        if (StartsWith(name, "anthropic-ratelimit-"u8))
        {
            var rest = name["anthropic-ratelimit-"u8.Length..];
            var dash = rest.LastIndexOf((byte)'-');
            return dash > 0 && TryKind(rest[..dash], out kind) && TryPart(rest[(dash + 1)..], out part);
        }

        return false;
    }

    /// <summary>A time, a duration, or seconds; null when it is none of them. Never negative, at most <see cref="RetryAfter.Longest"/>.</summary>
    internal static TimeSpan? ParseReset(ReadOnlySpan<byte> value, DateTimeOffset now)
    {
        Span<char> text = stackalloc char[64];
        if (value.IsEmpty || value.Length > text.Length)
        {
            return null;
        }

        text = text[..Encoding.ASCII.GetChars(value, text)];
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        if (double.TryParse(text, Plain, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number < FirstEpochSeconds ? Bounded(number)
                : Bounded((number < FirstEpochMilliseconds ? number : number / 1000) - (now.ToUnixTimeMilliseconds() / 1000d));
        }

        if (text.Contains(':'))
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? Bounded((at - now).TotalSeconds)
                : null;
        }

        return ParseDuration(text);
    }

    /// <summary>A duration as Go writes it: <c>1h2m3.5s</c>, <c>120ms</c>.</summary>
    private static TimeSpan? ParseDuration(ReadOnlySpan<char> text)
    {
        var seconds = 0d;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            text = text[digits..];
            var unit = text.IndexOfAny(Digits);
            unit = unit < 0 ? text.Length : unit;
            double? scale = text[..unit] switch
            {
                "d" => 86_400,
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 1e-3,
                "us" => 1e-6,
                "ns" => 1e-9,
                _ => null,
            };
            if (scale is null)
            {
                return null;
            }

            seconds += number * scale.Value;
            text = text[unit..];
        }

        return Bounded(seconds);
    }

    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, RetryAfter.Longest.TotalSeconds));

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix)
        => name.Length > prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);

    private static bool TryPart(ReadOnlySpan<byte> word, out QuotaPart part)
    {
        part = Ascii.EqualsIgnoreCase(word, "remaining"u8) ? QuotaPart.Remaining
            : Ascii.EqualsIgnoreCase(word, "reset"u8) ? QuotaPart.Reset
            : QuotaPart.Limit;
        return part != QuotaPart.Limit || Ascii.EqualsIgnoreCase(word, "limit"u8);
    }

    private static bool TryKind(ReadOnlySpan<byte> word, out QuotaKind kind)
    {
        kind = Ascii.EqualsIgnoreCase(word, "tokens"u8) ? QuotaKind.Tokens
            : Ascii.EqualsIgnoreCase(word, "input-tokens"u8) ? QuotaKind.InputTokens
            : Ascii.EqualsIgnoreCase(word, "output-tokens"u8) ? QuotaKind.OutputTokens
            : QuotaKind.Requests;
        return kind != QuotaKind.Requests || Ascii.EqualsIgnoreCase(word, "requests"u8);
    }
}

/// <summary>Which number of a window a header gives.</summary>
internal enum QuotaPart
{
    Limit,
    Remaining,
    Reset,
}
