using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Configuration;

namespace Sluice.Auth.SignIn;

/// <summary>
/// GitHub's OAuth for web applications (docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps), with PKCE. The token
/// serves for three questions and is forgotten.
/// </summary>
internal sealed class GitHubProvider(GitHubConfig settings, IdentityHttp http) : IExternalProvider
{
    public const string Name = "github";

    public Task<string?> AuthorizeUrlAsync(SignInRequest request, CancellationToken cancellationToken)
        => Task.FromResult<string?>(QueryHelpers.AddQueryString(settings.BaseUrl + "/login/oauth/authorize", new Dictionary<string, string?>
        {
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = request.RedirectUri,
            ["scope"] = "read:user user:email",
            ["state"] = request.State,
            ["code_challenge"] = SignInSecrets.Challenge(request.Verifier),
            ["code_challenge_method"] = "S256",
        }));

    public async Task<ExternalIdentity?> ExchangeAsync(SignInRequest request, string code, CancellationToken cancellationToken)
    {
        var answer = await http.PostAsync(
            settings.BaseUrl + "/login/oauth/access_token",
            new Dictionary<string, string>
            {
                ["client_id"] = settings.ClientId,
                ["client_secret"] = settings.ClientSecret.Reveal(),
                ["code"] = code,
                ["redirect_uri"] = request.RedirectUri,
                ["code_verifier"] = request.Verifier,
            },
            null,
            cancellationToken);
        if (answer?.Text("access_token") is not { } token
            || await http.GetAsync(settings.ApiUrl + "/user", token, cancellationToken) is not { } user
            || user.Number("id") is not { } id)
        {
            return null;
        }

        // The profile's address need not be verified; the list says which is.
        var emails = await http.GetAsync(settings.ApiUrl + "/user/emails", token, cancellationToken);
        var addresses = emails?.Items().ToList() ?? [];
        var best = addresses.Where(address => address.IsTrue("verified")).OrderByDescending(address => address.IsTrue("primary")).Cast<System.Text.Json.JsonElement?>().FirstOrDefault();
        return new ExternalIdentity(
            id.ToString(CultureInfo.InvariantCulture), best?.Text("email") ?? user.Text("email"), best is not null, user.Text("name") ?? user.Text("login") ?? "GitHub user");
    }
}
