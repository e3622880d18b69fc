using Microsoft.Extensions.Primitives;
using Sluice.Protocol.Canonical;

namespace Sluice.Auth;

/// <summary>A key's text as it stands in the request: a part of the header's own string, which the server reuses between requests of a connection.</summary>
/// <param name="Carrier">The whole header value (or the decoded query value); null when the request carries no credential.</param>
/// <param name="Start">Where the text begins in it.</param>
internal readonly record struct PresentedCredential(string? Carrier, int Start)
{
    public bool IsEmpty => Carrier is null;

    public ReadOnlySpan<char> Text => Carrier.AsSpan(Start);
}

/// <summary>
/// Finds the one credential of a request in any of its carriers: <c>Authorization: Bearer</c>, <c>x-api-key</c>,
/// <c>x-goog-api-key</c>, <c>api-key</c> and <c>?key=</c>; and the WebSocket subprotocol <c>openai-insecure-api-key.KEY</c>, because
/// a browser can set no header there. Several carriers may hold the same text; two different ones are refused,
/// because a proxy in front and Sluice could otherwise each believe another.
/// </summary>
internal static class CredentialExtractor
{
    /// <summary>The refusal of a request without any credential.</summary>
    public static readonly GatewayError Missing = new(
        ErrorKind.Unauthenticated,
        "missing_credential",
        "No API key was sent. Send it as 'Authorization: Bearer KEY' or in the header x-api-key, x-goog-api-key or api-key.");

    /// <summary>The refusal of a key that is unknown, revoked or expired.</summary>
    public static readonly GatewayError Unknown = new(
        ErrorKind.Unauthenticated,
        "invalid_api_key",
        "The API key is not valid: it is unknown, revoked or expired. Check that it was copied whole, or ask an administrator for a new one.");

    /// <summary>The refusal of a key that is not for calls of models.</summary>
    public static readonly GatewayError NotForModels = new(
        ErrorKind.Forbidden, "inference_scope_required", "The API key lacks the scope 'inference', without which it cannot call models. Make a key with that scope.");

    private static readonly GatewayError Conflicting = new(
        ErrorKind.InvalidRequest,
        "conflicting_credentials",
        "The request carries two different credentials. Send one API key, in one place.");

    private static readonly GatewayError BadScheme = new(
        ErrorKind.Unauthenticated,
        "unsupported_authorization",
        "The Authorization header is not of the form 'Bearer KEY'. Send the API key as 'Authorization: Bearer KEY' or in x-api-key.");

    private const string Bearer = "Bearer";

    /// <summary>OpenAI's carrier for browsers (openai 6.49.0, <c>realtime/websocket.js</c>).</summary>
    public const string SubprotocolPrefix = "openai-insecure-api-key.";

    /// <summary>Takes the credential out of a request.</summary>
    /// <param name="request">Only its headers and query string are read.</param>
    /// <param name="allowQuery">True on model paths; elsewhere <c>key</c> is an ordinary parameter, and no subprotocol carries a key.</param>
    /// <param name="credential">What was found; empty when nothing was sent, which is no error here.</param>
    /// <returns>Null, or why the request is refused.</returns>
    public static GatewayError? Extract(HttpRequest request, bool allowQuery, out PresentedCredential credential)
    {
        credential = default;
        var headers = request.Headers;
        return TakeAuthorization(headers.Authorization, ref credential)
            ?? TakeAll(headers["x-api-key"], ref credential)
            ?? TakeAll(headers["x-goog-api-key"], ref credential)
            ?? TakeAll(headers["api-key"], ref credential)
            ?? (allowQuery ? TakeQuery(request.QueryString.Value, ref credential) ?? TakeSubprotocol(headers.SecWebSocketProtocol, ref credential) : null);
    }

    private static GatewayError? TakeSubprotocol(StringValues values, ref PresentedCredential credential)
    {
        for (var i = 0; i < values.Count; i++)
        {
            foreach (var range in values[i].AsSpan().Split(','))
            {
                var offered = values[i].AsSpan()[range].Trim(" \t");
                if (offered.StartsWith(SubprotocolPrefix, StringComparison.Ordinal)
                    && Take(offered.ToString(), SubprotocolPrefix.Length, ref credential) is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    private static GatewayError? TakeAuthorization(StringValues values, ref PresentedCredential credential)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (string.IsNullOrEmpty(value))
            {
                continue;
            }

            if (!value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || (value.Length > Bearer.Length && value[Bearer.Length] != ' '))
            {
                return BadScheme;
            }

            var start = Bearer.Length;
            while (start < value.Length && value[start] == ' ')
            {
                start++;
            }

            if (Take(value, start, ref credential) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static GatewayError? TakeAll(StringValues values, ref PresentedCredential credential)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (Take(values[i], 0, ref credential) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static GatewayError? TakeQuery(string? query, ref PresentedCredential credential)
    {
        var rest = query.AsSpan();
        if (!rest.IsEmpty && rest[0] == '?')
        {
            rest = rest[1..];
        }

        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('&');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (pair.StartsWith("key=", StringComparison.Ordinal)
                && Take(Decode(pair[4..]), 0, ref credential) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static string Decode(ReadOnlySpan<char> text)
        => text.ContainsAny('%', '+') ? Uri.UnescapeDataString(text.ToString().Replace('+', ' ')) : text.ToString();

    /// <summary>An empty carrier counts as absent: SDKs that were given no key send one.</summary>
    private static GatewayError? Take(string? carrier, int start, ref PresentedCredential credential)
    {
        if (carrier is null || start >= carrier.Length)
        {
            return null;
        }

        if (credential.IsEmpty)
        {
            credential = new PresentedCredential(carrier, start);
            return null;
        }

        return credential.Text.SequenceEqual(carrier.AsSpan(start)) ? null : Conflicting;
    }
}
