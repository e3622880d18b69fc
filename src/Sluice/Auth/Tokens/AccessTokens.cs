using System.Text;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Writes and reads access tokens: compact JWS of one form only. The header is not interpreted but compared: what is not exactly the
/// header that the key of that <c>kid</c> writes (another algorithm, <c>none</c>, <c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>crit</c>) is refused.
/// </summary>
internal sealed class AccessTokens(SigningKeys keys, IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>How far clocks of nodes may differ: a token from further ahead is refused.</summary>
    private const int ClockSkewSeconds = 60;

    /// <summary>How long a new token holds.</summary>
    public int LifetimeSeconds => configuration.Current.Config.Auth.AccessTokenSeconds;

    /// <summary>The issuer of tokens, which is also what links in mails begin with: never the request's Host header, which is the client's.</summary>
    public string Issuer
    {
        get
        {
            var server = configuration.Current.Config.Server;
            return server.PublicUrl.Length > 0 ? server.PublicUrl : server.Urls.Split(';')[0];
        }
    }

    /// <summary>Makes a token for a user's session, or for an API key that stands for it.</summary>
    public async ValueTask<string> CreateAsync(string userId, string sessionId)
    {
        var key = await keys.CurrentAsync();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new AccessTokenClaims(Issuer, AccessTokenClaims.ThisAudience, userId, sessionId, now, now + LifetimeSeconds);
        var signed = HeaderOf(key) + "." + Base64Text.Encode(claims.ToJson());
        return signed + "." + Base64Text.Encode(key.Sign(Encoding.ASCII.GetBytes(signed)));
    }

    /// <summary>
    /// What a token says, if it is one of ours, whole and in its time; null otherwise. The signature is verified last, after
    /// <paramref name="isLive"/> has found the session: guesses cost no cryptography.
    /// </summary>
    public AccessTokenClaims? Read(ReadOnlySpan<char> token, Func<AccessTokenClaims, bool> isLive)
    {
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        if (first <= 0 || last == first || token[(first + 1)..last].Contains('.') || !Ascii.IsValid(token))
        {
            return null;
        }

        if (FindKey(token[..first]) is not { } key
            || Base64Text.Decode(token[(first + 1)..last]) is not { } payload
            || Base64Text.Decode(token[(last + 1)..]) is not { } signature
            || AccessTokenClaims.Parse(payload) is not { } claims)
        {
            return null;
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (claims.Issuer != Issuer || claims.Audience != AccessTokenClaims.ThisAudience
            || claims.ExpiresAt <= now || claims.IssuedAt > now + ClockSkewSeconds || claims.ExpiresAt <= claims.IssuedAt || !isLive(claims))
        {
            return null;
        }

        var signed = new byte[last];
        Encoding.ASCII.GetBytes(token[..last], signed);
        return key.Verify(signed, signature) ? claims : null;
    }

    private SigningKey? FindKey(ReadOnlySpan<char> header)
    {
        foreach (var key in keys.Published)
        {
            if (header.SequenceEqual(HeaderOf(key)))
            {
                return key;
            }
        }

        return null;
    }

    private static string HeaderOf(SigningKey key)
        => Base64Text.Encode(Encoding.ASCII.GetBytes($$"""{"alg":"{{SigningKey.Algorithm}}","typ":"at+jwt","kid":"{{key.Id}}"}"""));
}
