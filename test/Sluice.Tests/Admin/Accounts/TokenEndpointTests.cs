using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sluice.Tests.Admin.Accounts;

public sealed class TokenEndpointTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await People.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Password_ThenRefresh_GiveTokens()
    {
        var ann = await _app.JoinAsync("ann");

        var (status, body) = await PostAsync(("grant_type", "password"), ("username", ann.Email), ("password", People.Password));
        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("token_type").GetString().ShouldBe("Bearer");
        body.GetProperty("expires_in").GetInt32().ShouldBe(900);
        var (_, next) = await PostAsync(("grant_type", "refresh_token"), ("refresh_token", body.GetProperty("refresh_token").GetString()!));

        (await _app.GetAsync("/api/auth/me", next.GetProperty("access_token").GetString())).Text("id").ShouldBe(ann.Id);
        (await PostAsync(("grant_type", "refresh_token"), ("refresh_token", body.GetProperty("refresh_token").GetString()!))).Body
            .GetProperty("error").GetString().ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task ClientCredentials_AreAKeysIdAndText_AndGiveNoRefreshToken()
    {
        var ann = await _app.JoinAsync("ann");
        var key = await _app.PostAsync("/api/auth/api-keys", """{ "name": "x" }""", ann.Token);
        (string, string) id = ("client_id", key.Text("id")!), text = ("client_secret", key.Text("key")!), grant = ("grant_type", "client_credentials");

        var (status, body) = await PostAsync(grant, id, text);

        status.ShouldBe(HttpStatusCode.OK);
        body.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        var token = body.GetProperty("access_token").GetString();
        (await _app.GetAsync("/api/auth/me", token)).Text("id").ShouldBe(ann.Id);
        (await _app.GetAsync("/api/auth/profile", token)).Text("code").ShouldBe("scope_required");
        (await PostAsync(grant, ("client_id", "key_other"), text)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(grant, id, ("client_secret", "guess"))).Body.GetProperty("error").GetString().ShouldBe("invalid_client");
        (await PostAsync(grant)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        await _app.SendAsync(HttpMethod.Delete, $"/api/auth/api-keys/{key.Text("id")}", null, ann.Token);
        (await _app.GetAsync("/api/auth/me", token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ClientCredentials_ByBasicAuthorization_GiveAToken()
    {
        var ann = await _app.JoinAsync("ann");
        var key = await _app.PostAsync("/api/auth/api-keys", """{ "name": "x" }""", ann.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.Text("id")}:{key.Text("key")}")));

        (await _app.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("grant_type=implicit", "unsupported_grant_type")]
    [InlineData("", "invalid_request")]
    [InlineData("grant_type=password&username=x@example.com", "invalid_request")]
    [InlineData("grant_type=password&username=x@example.com&password=y&password=z", "invalid_request")]
    [InlineData("grant_type=password&username=x@example.com&password=y", "invalid_grant")]
    [InlineData("grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=refresh_token&refresh_token=guess", "invalid_grant")]
    public async Task Form_Bad_IsAnErrorOfTheStandard(string form, string error)
    {
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");

        using var response = await _app.Http.PostAsync("/token", content);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        body.GetProperty("error").GetString().ShouldBe(error);
        body.GetProperty("error_description").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("application/json", """{ "grant_type": "password" }""")]
    [InlineData("text/plain", "grant_type=password")]
    public async Task Body_NoForm_IsRefused(string type, string text)
    {
        using var content = new StringContent(text, Encoding.UTF8, type);

        (await _app.Http.PostAsync("/token", content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Body_TooLarge_IsRefused()
    {
        using var content = new StringContent("grant_type=password&username=" + new string('x', 20_000), Encoding.UTF8, "application/x-www-form-urlencoded");

        (await _app.Http.PostAsync("/token", content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _app.Http.PostAsync("/token", content);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
