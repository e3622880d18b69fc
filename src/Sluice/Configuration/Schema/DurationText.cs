using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.Configuration.Schema;

/// <summary>Durations as the configuration writes them: a number and one of <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c>; <c>0</c> needs no unit.</summary>
internal static class DurationText
{
    /// <summary>The longest duration; longer ones are a slip of the unit, and timers do not take them.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static bool TryParse(string text, out TimeSpan value, [NotNullWhen(false)] out string? error)
        => TryParse(text, bareSeconds: false, out value, out error);

    /// <summary>As <see cref="TryParse(string, out TimeSpan, out string?)"/>, and a bare number counts seconds.</summary>
    public static bool TryParseOrSeconds(string text, out TimeSpan value, [NotNullWhen(false)] out string? error)
        => TryParse(text, bareSeconds: true, out value, out error);

    /// <summary>As <see cref="TryParse(string, out TimeSpan, out string?)"/>, and days too, up to ten years: no timer waits for these.</summary>
    public static bool TryParseDays(string text, out TimeSpan value, [NotNullWhen(false)] out string? error)
    {
        var trimmed = text.Trim();
        if (!trimmed.EndsWith('d'))
        {
            return TryParse(text, out value, out error);
        }

        var isNumber = int.TryParse(trimmed.AsSpan(0, trimmed.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var days);
        var fits = isNumber && days <= 3650;
        value = fits ? TimeSpan.FromDays(days) : default;
        error = fits ? null : isNumber ? "must be 3650d or less" : "expected a time such as 30d or 12h";
        return fits;
    }

    /// <summary>In days where they are whole.</summary>
    public static string FormatDays(TimeSpan value)
        => value > TimeSpan.Zero && value.Ticks % TimeSpan.TicksPerDay == 0 ? string.Create(CultureInfo.InvariantCulture, $"{(long)value.TotalDays}d") : Format(value);

    public static string Format(TimeSpan value)
    {
        var milliseconds = (long)value.TotalMilliseconds;
        var (number, unit) = milliseconds switch
        {
            0 => (0, "s"),
            _ when milliseconds % 3_600_000 == 0 => (milliseconds / 3_600_000, "h"),
            _ when milliseconds % 60_000 == 0 => (milliseconds / 60_000, "m"),
            _ when milliseconds % 1000 == 0 => (milliseconds / 1000, "s"),
            _ => (milliseconds, "ms"),
        };
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }

    private static bool TryParse(string text, bool bareSeconds, out TimeSpan value, [NotNullWhen(false)] out string? error)
    {
        text = text.Trim();
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        var unit = text.AsSpan(digits.Length);
        decimal? milliseconds = unit switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "" when bareSeconds || digits is "0" => 1000,
            _ => null,
        };
        value = default;
        error = null;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (milliseconds is null || !decimal.TryParse(digits.TrimEnd(), Style, CultureInfo.InvariantCulture, out var number))
        {
            error = "expected a duration such as 1500ms, 1s, 2m or 1h";
        }
        else if (number < 0)
        {
            error = "must not be negative";
        }
        else if (number > (decimal)Longest.TotalMilliseconds / milliseconds.Value)
        {
            error = $"must be {Longest.TotalHours}h or less";
        }
        else
        {
            value = TimeSpan.FromMilliseconds((double)(number * milliseconds.Value));
        }

        return error is null;
    }
}
