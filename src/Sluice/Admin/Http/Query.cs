using System.Globalization;
using Sluice.Auth;
using Sluice.Protocol.Canonical;

namespace Sluice.Admin.Http;

/// <summary>Reads query parameters and collects what is wrong with them. An empty value counts as absent.</summary>
internal sealed class Query(HttpRequest request)
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 500;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"];

    private readonly List<FieldError> _errors = [];

    /// <summary>The problem to answer; null when every parameter is good.</summary>
    public GatewayError? Error => _errors.Count == 0 ? null
        : new GatewayError(ErrorKind.InvalidRequest, "invalid_parameter", $"The parameter '{_errors[0].Field}' {_errors[0].Message}.");

    public IReadOnlyList<FieldError> Errors => _errors;

    public string? Text(string name)
    {
        var values = request.Query[name];
        if (values.Count > 1)
        {
            Refuse(name, "stands twice");
        }

        return string.IsNullOrEmpty(values) ? null : values[0];
    }

    /// <summary>How many items a page has: 1 to 500, default 100.</summary>
    public int Limit()
    {
        if (Text("limit") is not { } text)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LargestLimit)
        {
            return limit;
        }

        Refuse("limit", $"must be a whole number from 1 to {LargestLimit}");
        return DefaultLimit;
    }

    /// <summary>The position behind which the page begins; null for the first page.</summary>
    public long? CursorPosition()
    {
        if (Text("cursor") is not { } text)
        {
            return null;
        }

        if (Cursor.TryParse(text, out var position))
        {
            return position;
        }

        Refuse("cursor", "is not a next_cursor of this list");
        return null;
    }

    /// <summary>A time as RFC 3339, or a date, which is its first instant in UTC.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // A plus that was not escaped arrives as a space.
        if (DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        Refuse(name, "must be a time such as 2026-01-31T12:00:00Z");
        return null;
    }

    /// <summary>One of some names, case-sensitive.</summary>
    public T OneOf<T>(string name, IReadOnlyDictionary<string, T> names, T fallback)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        if (names.TryGetValue(text, out var value))
        {
            return value;
        }

        Refuse(name, $"must be one of {string.Join(", ", names.Keys)}");
        return fallback;
    }

    public void Refuse(string name, string message) => _errors.Add(new FieldError(name, message));
}
