using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Configuration;

namespace Sluice.Auth.SignIn;

/// <summary>An OpenID provider by its discovery document (OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4), with PKCE and nonce.</summary>
internal sealed class OidcProvider(OidcConfig settings, IdentityHttp http, TimeProvider time) : IExternalProvider
{
    public async Task<string?> AuthorizeUrlAsync(SignInRequest request, CancellationToken cancellationToken)
    {
        if (await DiscoverAsync(cancellationToken) is not { } provider || provider.Text("authorization_endpoint") is not { } url)
        {
            return null;
        }

        return QueryHelpers.AddQueryString(url, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = request.RedirectUri,
            ["scope"] = string.Join(' ', settings.Scopes.Contains("openid") ? settings.Scopes : ["openid", .. settings.Scopes]),
            ["state"] = request.State,
            ["nonce"] = request.Nonce,
            ["code_challenge"] = SignInSecrets.Challenge(request.Verifier),
            ["code_challenge_method"] = "S256",
        });
    }

    public async Task<ExternalIdentity?> ExchangeAsync(SignInRequest request, string code, CancellationToken cancellationToken)
    {
        if (await DiscoverAsync(cancellationToken) is not { } provider
            || provider.Text("token_endpoint") is not { } tokenUrl || provider.Text("jwks_uri") is not { } keysUrl)
        {
            return null;
        }

        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = request.RedirectUri,
            ["code_verifier"] = request.Verifier,
            ["client_id"] = settings.ClientId,
        };
        string? basic = null;
        if (!settings.ClientSecret.IsEmpty)
        {
            var secret = settings.ClientSecret.Reveal();
            if (provider.Items("token_endpoint_auth_methods_supported").Any(method => method.ValueKind == JsonValueKind.String && method.GetString() == "client_secret_post"))
            {
                form["client_secret"] = secret;
            }
            else
            {
                basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(secret)}"));
            }
        }

        var answer = await http.PostAsync(tokenUrl, form, basic, cancellationToken);
        if (answer?.Text("id_token") is not { } token || await http.GetAsync(keysUrl, null, cancellationToken) is not { } keys
            || IdToken.Read(token, keys) is not { } claims || !IsForThisSignIn(claims, request.Nonce) || claims.Text("sub") is not { Length: > 0 } subject)
        {
            return null;
        }

        return new ExternalIdentity(subject, claims.Text("email"), claims.IsTrue("email_verified"), claims.Text("name") ?? claims.Text("email") ?? subject);
    }

    private bool IsForThisSignIn(JsonElement claims, string nonce)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        const long Skew = 60;
        var audiences = claims.TryGetProperty("aud", out var aud) && aud.ValueKind == JsonValueKind.String
            ? [aud.GetString()]
            : claims.Items("aud").Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null).ToList();
        return claims.Text("iss")?.TrimEnd('/') == settings.Issuer
            && audiences.Contains(settings.ClientId)
            && (audiences.Count == 1 || claims.Text("azp") == settings.ClientId)
            && claims.Number("exp") > now - Skew
            && !(claims.Number("iat") > now + Skew)
            && !(claims.Number("nbf") > now + Skew)
            && claims.Text("nonce") == nonce;
    }

    /// <summary>The provider's description; null when there is none or it is another issuer's (mix-up).</summary>
    private async Task<JsonElement?> DiscoverAsync(CancellationToken cancellationToken)
        => await http.GetAsync(settings.Issuer + "/.well-known/openid-configuration", null, cancellationToken) is { } found
            && found.Text("issuer")?.TrimEnd('/') == settings.Issuer ? found : null;
}
