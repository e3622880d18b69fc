using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using Sluice.Configuration;

namespace Sluice.Tests.Admin.Accounts;

/// <summary>Signing in with a scripted GitHub and a scripted OpenID provider.</summary>
public sealed class ExternalSignInTests : IAsyncLifetime
{
    private IdentityServer _identities = null!;
    private AdministrationApp _app = null!;

    public async Task InitializeAsync()
    {
        _identities = await IdentityServer.StartAsync();
        _app = await People.StartAsync(auth => auth with
        {
            GitHub = new GitHubConfig { ClientId = IdentityServer.ClientId, ClientSecret = new Secret(IdentityServer.ClientSecret), BaseUrl = _identities.Url, ApiUrl = _identities.Url },
            Oidc = [new OidcConfig { Name = "corp", Issuer = _identities.Url, ClientId = IdentityServer.ClientId, ClientSecret = new Secret(IdentityServer.ClientSecret) }],
        });
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _identities.DisposeAsync();
    }

    [Theory]
    [InlineData("github")]
    [InlineData("corp")]
    public async Task SignIn_MakesAnAccount_AndFindsItAgain(string provider)
    {
        var first = await FinishAsync(await BeginAsync(provider));
        first.Status.ShouldBe(HttpStatusCode.OK, first.Body.ToString());
        var me = await _app.GetAsync("/api/auth/me", first.Text("access_token"));
        me.Text("email").ShouldBe("ann@example.com");
        _identities.Email = "moved@example.com";

        var again = await FinishAsync(await BeginAsync(provider));

        (await _app.GetAsync("/api/auth/me", again.Text("access_token"))).Text("id").ShouldBe(me.Text("id"));
    }

    [Fact]
    public async Task State_UsedTwiceOrForeign_IsRefused()
    {
        var begun = await BeginAsync("github");
        var other = await BeginAsync("github");

        (await FinishAsync(begun with { Cookie = other.Cookie })).Text("code").ShouldBe("invalid_state");
        (await FinishAsync(begun)).Text("code").ShouldBe("invalid_state", "whoever knew the state has spent it");
        var third = await BeginAsync("github");
        (await FinishAsync(third with { Cookie = "" })).Text("code").ShouldBe("invalid_state");
        var fourth = await BeginAsync("github");
        (await FinishAsync(fourth)).Status.ShouldBe(HttpStatusCode.OK);
        (await FinishAsync(fourth)).Text("code").ShouldBe("invalid_state");
        (await FinishAsync(fourth with { State = "guess" })).Text("code").ShouldBe("invalid_state");
    }

    [Fact]
    public async Task Code_Bad_OrOfAnotherChallenge_IsRefused()
    {
        (await FinishAsync(await BeginAsync("github"), "stolen-code")).Text("code").ShouldBe("identity_provider_failed");
        var begun = await BeginAsync("github");
        _identities.Challenge = "another";
        (await FinishAsync(begun)).Text("code").ShouldBe("identity_provider_failed");
    }

    [Theory]
    [InlineData("github")]
    [InlineData("corp")]
    public async Task Address_NotVerified_NeverJoinsAnAccount(string provider)
    {
        var ann = await _app.JoinAsync("ann");
        _identities.IsVerified = false;

        (await FinishAsync(await BeginAsync(provider))).Text("code").ShouldBe("email_taken");

        (await _app.LoginAsync(ann.Email)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Address_Verified_JoinsItsAccount_AndWhoeverMadeItInAdvanceIsOut()
    {
        var squatter = await _app.JoinAsync("ann");
        var key = (await _app.PostAsync("/api/auth/api-keys", """{ "name": "x", "scopes": ["account"] }""", squatter.Token)).Text("key");

        var owner = await FinishAsync(await BeginAsync("github"));

        (await _app.GetAsync("/api/auth/me", owner.Text("access_token"))).Text("id").ShouldBe(squatter.Id);
        (await _app.GetAsync("/api/auth/me", squatter.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.GetAsync("/api/auth/me", key)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.LoginAsync(squatter.Email)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Link_JoinsTheIdentityToTheAccount_AndNoSecondOne()
    {
        _identities.Email = "elsewhere@example.com";
        var bob = await _app.JoinAsync("bob");
        var eve = await _app.JoinAsync("eve");

        (await FinishAsync(await BeginAsync("github", bob.Token))).Status.ShouldBe(HttpStatusCode.OK);

        (await FinishAsync(await BeginAsync("github", eve.Token))).Text("code").ShouldBe("identity_linked");
        var signedIn = await FinishAsync(await BeginAsync("github"));
        (await _app.GetAsync("/api/auth/me", signedIn.Text("access_token"))).Text("id").ShouldBe(bob.Id);
    }

    [Theory]
    [InlineData("iss", "http://evil.example")]
    [InlineData("aud", "another-client")]
    [InlineData("nonce", "another")]
    [InlineData("exp", 1L)]
    [InlineData("iat", 99999999999L)]
    [InlineData("sub", "")]
    public async Task IdToken_WithAWrongClaim_IsRefused(string claim, object value)
    {
        _identities.Claims[claim] = value;

        (await FinishAsync(await BeginAsync("corp"))).Text("code").ShouldBe("identity_provider_failed");
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("HS256", false)]
    [InlineData("ES256", false)]
    [InlineData("RS256", true)]
    public async Task IdToken_NotSignedByTheProvider_IsRefused(string algorithm, bool byAnotherKey)
    {
        (_identities.Algorithm, _identities.SignsWithAnotherKey) = (algorithm, byAnotherKey);

        (await FinishAsync(await BeginAsync("corp"))).Text("code").ShouldBe("identity_provider_failed");
    }

    [Fact]
    public async Task Login_Browser_IsSentThere_AndUnknownProvidersAreAbsent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/login?provider=github");
        request.Headers.Add("accept", "text/html");
        using var response = await _app.Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location!.ToString().ShouldStartWith(_identities.Url + "/login/oauth/authorize?");
        response.Headers.GetValues("set-cookie").Single().ShouldContain("httponly");
        (await _app.GetAsync("/api/auth/login?provider=other", key: null)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _app.GetAsync("/api/auth/login", key: null)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<Begun> BeginAsync(string provider, string? linkToken = null)
    {
        using var request = new HttpRequestMessage(linkToken is null ? HttpMethod.Get : HttpMethod.Post, $"/api/auth/{(linkToken is null ? "login" : "link")}?provider={provider}");
        if (linkToken is not null)
        {
            request.Headers.Authorization = new("Bearer", linkToken);
        }

        using var response = await _app.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        var url = new Uri(body.GetProperty("url").GetString()!);
        var query = HttpUtility.ParseQueryString(url.Query);
        query["state"].ShouldBe(body.GetProperty("state").GetString());
        query["code_challenge_method"].ShouldBe("S256");
        _identities.Challenge = query["code_challenge"]!;
        _identities.Nonce = query["nonce"] ?? "";
        return new Begun(query["state"]!, response.Headers.GetValues("set-cookie").Single().Split(';')[0]);
    }

    private async Task<ApiAnswer> FinishAsync(Begun begun, string code = "good-code")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/callback")
        {
            Content = new StringContent($$"""{ "code": "{{code}}", "state": "{{begun.State}}" }""", Encoding.UTF8, "application/json"),
        };
        if (begun.Cookie.Length > 0)
        {
            request.Headers.Add("cookie", begun.Cookie);
        }

        using var response = await _app.Http.SendAsync(request);
        return new ApiAnswer(response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, response.Headers);
    }

    private sealed record Begun(string State, string Cookie);
}
