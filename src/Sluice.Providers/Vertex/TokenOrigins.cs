namespace Sluice.Providers.Vertex;

/// <summary>
/// Where a key file may have its tokens fetched. A key file comes from elsewhere, and what it names is asked with an
/// assertion that is as good as a password: it may name Google or this machine, and any other place only by the operator's word.
/// </summary>
public static class TokenOrigins
{
    /// <summary>Google's own.</summary>
    public const string Google = "https://oauth2.googleapis.com/token";

    private static readonly string[] Domains = ["googleapis.com", "google.com"];

    /// <summary>Why a token endpoint is refused; null when it is not.</summary>
    /// <param name="tokenUri">The address.</param>
    /// <param name="isOperators">True when the configuration names it, and not the key file.</param>
    public static string? Refuse(string tokenUri, bool isOperators)
    {
        if (!Uri.TryCreate(tokenUri, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            return "its \"token_uri\" is not an http or https address";
        }

        if (uri.IsLoopback)
        {
            return null;
        }

        if (uri.Scheme != "https")
        {
            return $"its \"token_uri\" is at {uri.Host} without TLS";
        }

        return isOperators || Array.Exists(Domains, domain => uri.Host == domain || uri.Host.EndsWith("." + domain, StringComparison.Ordinal))
            ? null
            : $"its \"token_uri\" is at {uri.Host}, which is not Google's; set \"token_uri\" at the credential where that is meant";
    }
}
