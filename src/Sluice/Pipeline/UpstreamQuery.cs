namespace Sluice.Pipeline;

/// <summary>The query that goes to an upstream: what the client sent, without what may carry a credential.</summary>
internal static class UpstreamQuery
{
    /// <summary>Names that carry a credential with one vendor or another; <c>quotaUser</c> tells Google who the caller is.</summary>
    private static readonly string[] Withheld =
    [
        "key", "access_token", "oauth_token", "bearer_token", "token", "api_key", "api-key", "apikey", "x-api-key", "x-goog-api-key",
        "authorization", "quotaUser",
    ];

    /// <summary>Empty, or the parameters that are let through, without the question mark, as they were encoded.</summary>
    public static string Of(QueryString query)
    {
        if (!query.HasValue)
        {
            return "";
        }

        var text = query.Value.AsSpan(1);
        List<string>? kept = null;
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            var equals = pair.IndexOf('=');
            var name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]).Trim(' ', '+');
            if (pair.Length > 0 && !Withheld.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                (kept ??= []).Add(pair.ToString());
            }
        }

        return kept is null ? "" : string.Join('&', kept);
    }
}
