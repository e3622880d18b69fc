using Sluice.Protocol.Canonical;

namespace Sluice.Idempotency;

/// <summary>The header by which a client names a call, so that repeating it is safe (draft-ietf-httpapi-idempotency-key-header).</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>On an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    /// <summary>Longest key, in characters.</summary>
    public const int LongestText = 255;

    /// <summary>Reads the key of a request; null where it has none.</summary>
    /// <returns>The refusal of what is not a key; null when it is one, or absent.</returns>
    public static GatewayError? Read(IHeaderDictionary headers, out string? key)
    {
        key = null;
        var values = headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        var text = values.Count == 1 ? values[0] : null;
        if (text is not { Length: >= 1 and <= LongestText } || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return IdempotencyErrors.Malformed;
        }

        key = text;
        return null;
    }
}
