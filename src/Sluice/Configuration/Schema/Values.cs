using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>The kinds of single values that settings have.</summary>
internal static class Values
{
    private const string Mask = "***";

    /// <summary>Any text without control characters, not empty.</summary>
    public static ScalarSchema<string> Text { get; } = new("a text", ParseText, v => v);

    /// <summary>Any text, also an empty one.</summary>
    public static ScalarSchema<string> OptionalText { get; } = new("a text", ParseAnyText, v => v);

    /// <summary>A provider's name: no slash, since <c>provider/model</c> addresses a model of one provider, and no blanks.</summary>
    public static ScalarSchema<string> ProviderName { get; } = new("a name without slashes and blanks", ParseProviderName, v => v);

    /// <summary>A text that is never shown.</summary>
    public static ScalarSchema<Secret> Secret { get; } = new("a secret, best as \"${NAME}\" or file:/path", ParseSecret, v => v.IsEmpty ? "" : Mask);

    /// <summary>A text of several lines that is never shown, such as a key file.</summary>
    public static ScalarSchema<Secret> SecretText { get; } = new("a secret, best as \"${NAME}\" or file:/path", ParseSecretText, v => v.IsEmpty ? "" : Mask);

    /// <summary>A path, relative to the configuration's folder.</summary>
    public static ScalarSchema<string> FilePath { get; } = new("a path", ParseText, v => v) { IsPath = true };

    public static ScalarSchema<TimeSpan> Duration { get; } = new("a duration such as 1500ms, 1s, 2m or 1h", DurationText.TryParse, DurationText.Format);

    /// <summary>A duration of more than 0.</summary>
    public static ScalarSchema<TimeSpan> PositiveDuration { get; } = new("a duration such as 1500ms, 1s, 2m or 1h", ParsePositiveDuration, DurationText.Format);

    /// <summary>How long something is kept; days are understood too.</summary>
    public static ScalarSchema<TimeSpan> Retention { get; } = new("a time such as 30d or 12h, 0 for none", DurationText.TryParseDays, DurationText.FormatDays);

    /// <summary>A duration; a bare number counts seconds.</summary>
    public static ScalarSchema<TimeSpan> DurationOrSeconds { get; } = new("a duration such as 30s or 5m, or a number of seconds", DurationText.TryParseOrSeconds, DurationText.Format);

    /// <summary>An amount of money or a price: zero or more.</summary>
    public static ScalarSchema<decimal> Amount { get; } = new("a number of zero or more", ParseAmount, v => v.ToString(CultureInfo.InvariantCulture));

    /// <summary>A part of something: above 0 and up to 1.</summary>
    public static ScalarSchema<decimal> Fraction { get; } = new("a number above 0 and up to 1", ParseFraction, v => v.ToString(CultureInfo.InvariantCulture));

    public static ScalarSchema<bool> Boolean { get; } = new("true or false", ParseBoolean, v => v ? "true" : "false");

    /// <summary>A time zone by its IANA name.</summary>
    public static ScalarSchema<string> TimeZone { get; } = new("a time zone such as Europe/Berlin", ParseTimeZone, v => v);

    /// <summary>Where a service is: inside Sluice, or at a URL.</summary>
    public static ScalarSchema<string> Backend { get; } = new("embedded, or a URL that begins with http:// or https://", ParseBackend, MaskUserInfo);

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public static ScalarSchema<string> ListenUrls { get; } = new("listen addresses such as http://127.0.0.1:8080, separated by semicolons", ParseListenUrls, v => v);

    /// <summary>A client network: an address or a CIDR range.</summary>
    public static ScalarSchema<string> Network { get; } = new("an IP address or a range such as 10.0.0.0/8", ParseNetwork, v => v);

    public static ScalarSchema<long> LongInteger(long min, long max = long.MaxValue)
        => new(
            max == long.MaxValue ? $"a whole number of {min} or more" : $"a whole number from {min} to {max}",
            (string text, out long value, [NotNullWhen(false)] out string? error) => ParseInteger(text, min, max, out value, out error),
            v => v.ToString(CultureInfo.InvariantCulture));

    public static ScalarSchema<int> Integer(int min, int max = int.MaxValue)
        => new(
            max == int.MaxValue ? $"a whole number of {min} or more" : $"a whole number from {min} to {max}",
            (string text, out int value, [NotNullWhen(false)] out string? error) =>
            {
                var ok = ParseInteger(text, min, max, out var wide, out error);
                value = (int)wide;
                return ok;
            },
            v => v.ToString(CultureInfo.InvariantCulture));

    /// <summary>One of a few words.</summary>
    public static ScalarSchema<string> Choice(params IReadOnlyCollection<string> words)
        => new($"one of {string.Join(", ", words)}", ParseText, v => v) { Choices = words };

    /// <summary>A URL with one of the schemes, without query and fragment; a trailing slash is taken off.</summary>
    public static ScalarSchema<string> Url(bool optional, params string[] schemes)
        => new(
            $"a URL that begins with {Prefixes(schemes)}",
            (string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error) => ParseUrl(text, optional, schemes, out value, out error),
            MaskUserInfo);

    /// <summary>A URL as it may be shown: user and password replaced.</summary>
    public static string MaskUserInfo(string url)
    {
        var from = url.IndexOf("://", StringComparison.Ordinal);
        var at = from < 0 ? -1 : url.IndexOf('@', from);
        return at < 0 ? url : string.Concat(url.AsSpan(0, from + 3), Mask, url.AsSpan(at));
    }

    private static string Prefixes(string[] schemes) => string.Join(" or ", schemes.Select(s => s + "://"));

    private static bool ParseUrl(string text, bool optional, string[] schemes, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        value = text.Trim().TrimEnd('/');
        error = null;
        if (value.Length == 0 && optional)
        {
            return true;
        }

        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || !schemes.Contains(url.Scheme) || url.Host.Length == 0)
        {
            error = $"expected a URL that begins with {Prefixes(schemes)}";
        }
        else if (url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            error = "expected a URL without a query and a fragment";
        }

        return error is null;
    }

    private static bool ParseBackend(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        if (text == "embedded")
        {
            (value, error) = (text, null);
            return true;
        }

        if (!ParseUrl(text, optional: false, ["http", "https"], out value, out error))
        {
            error = "expected embedded, or a URL that begins with http:// or https://";
        }

        return error is null;
    }

    private static bool ParsePositiveDuration(string text, out TimeSpan value, [NotNullWhen(false)] out string? error)
    {
        if (DurationText.TryParse(text, out value, out error) && value == TimeSpan.Zero)
        {
            error = "must be more than 0";
        }

        return error is null;
    }

    private static bool ParseAnyText(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        value = text;
        error = text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 ? null : "control characters are not allowed";
        return error is null;
    }

    /// <summary>Parses <see cref="Text"/>.</summary>
    public static bool ParseText(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            (value, error) = (null, "is empty");
            return false;
        }

        return ParseAnyText(text, out value, out error);
    }

    /// <summary>Parses <see cref="ProviderName"/>.</summary>
    public static bool ParseProviderName(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        if (!ParseText(text, out value, out error))
        {
            return false;
        }

        error = text.Contains('/', StringComparison.Ordinal) ? "a slash is not allowed, because \"provider/model\" names a model of one provider"
            : text.Any(char.IsWhiteSpace) ? "blanks are not allowed"
            : null;
        return error is null;
    }

    private static bool ParseSecret(string text, out Secret value, [NotNullWhen(false)] out string? error)
    {
        value = new Secret(text);
        error = text.Length == 0 ? "is empty" : text.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 ? "must be one line" : null;
        return error is null;
    }

    private static bool ParseSecretText(string text, out Secret value, [NotNullWhen(false)] out string? error)
    {
        value = new Secret(text);
        error = text.Length == 0 ? "is empty" : null;
        return error is null;
    }

    private static bool ParseAmount(string text, out decimal value, [NotNullWhen(false)] out string? error)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        error = !decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out value) ? "expected a number"
            : value < 0 ? "must not be negative"
            : value > 1_000_000_000 ? "must not be more than 1000000000"
            : null;
        return error is null;
    }

    private static bool ParseFraction(string text, out decimal value, [NotNullWhen(false)] out string? error)
    {
        if (ParseAmount(text, out value, out error) && value is <= 0 or > 1)
        {
            error = "must be above 0 and up to 1";
        }

        return error is null;
    }

    private static bool ParseBoolean(string text, out bool value, [NotNullWhen(false)] out string? error)
    {
        error = bool.TryParse(text, out value) ? null : "expected true or false";
        return error is null;
    }

    private static bool ParseTimeZone(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        value = text;
        error = TimeZoneInfo.TryFindSystemTimeZoneById(text, out _) ? null
            : "unknown time zone" + NearestName.Hint(text, [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id)]);
        return error is null;
    }

    private static bool ParseInteger(string text, long min, long max, out long value, [NotNullWhen(false)] out string? error)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        error = !long.TryParse(text.Replace("_", "", StringComparison.Ordinal), Style, CultureInfo.InvariantCulture, out value) ? "expected a whole number"
            : value < 0 && min >= 0 ? "must not be negative"
            : value < min ? $"must be {min} or more"
            : value > max ? $"must be {max} or less"
            : null;
        return error is null;
    }

    private static bool ParseNetwork(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        var ok = text.Contains('/', StringComparison.Ordinal) ? IPNetwork.TryParse(text, out _) : IPAddress.TryParse(text, out _);
        value = text;
        error = ok ? null : "expected an IP address or a range such as 10.0.0.0/8";
        return ok;
    }

    private static bool ParseListenUrls(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        var urls = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        value = string.Join(';', urls);
        error = urls.Length == 0 ? "is empty" : Array.TrueForAll(urls, IsListenUrl) ? null : "expected addresses such as http://127.0.0.1:8080";
        return error is null;
    }

    private static bool IsListenUrl(string url)
    {
        // Kestrel takes * and + for every address; Uri does not know them.
        var known = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(known, UriKind.Absolute, out var parsed)
            && parsed.Scheme is "http" or "https"
            && (parsed.Host == "unix" || parsed.AbsolutePath == "/")
            && parsed.Query.Length == 0;
    }
}
