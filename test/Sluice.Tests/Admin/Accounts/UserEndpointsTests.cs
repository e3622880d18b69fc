using System.Net;

namespace Sluice.Tests.Admin.Accounts;

public sealed class UserEndpointsTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await People.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    // "U*U" by John the Ripper's test vectors of bcrypt (openwall), cost 5, in the three spellings.
    [Theory]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public async Task Create_ImportedHash_SignsIn(string hash)
    {
        var made = await _app.PostAsync("/api/admin/users", $$"""{ "email": "old@example.com", "password_hash": "{{hash}}" }""");

        made.Status.ShouldBe(HttpStatusCode.Created, made.Body.ToString());
        made.Body.ToString().ShouldNotContain("$2");
        (await _app.LoginAsync("old@example.com", "U*U")).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.LoginAsync("old@example.com", "U*V")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{ "email": "x@example.com", "password_hash": "$2b$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" }""")]
    [InlineData("""{ "email": "x@example.com", "password_hash": "$1$abc$def" }""")]
    [InlineData("""{ "email": "x@example.com", "password_hash": "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "password": "12345678" }""")]
    [InlineData("""{ "email": "x@example.com", "password": "12345678", "role": "root" }""")]
    [InlineData("""{ "email": "x@example.com" }""")]
    [InlineData("""{ "password": "12345678" }""")]
    public async Task Create_BadBody_IsRefused(string body) => (await _app.PostAsync("/api/admin/users", body)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Role_Changed_HoldsOnLiveTokensAtOnce()
    {
        var ann = await _app.JoinAsync("ann");
        (await _app.GetAsync("/api/admin/providers", ann.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);

        await RoleAsync(ann, "operator");
        (await _app.GetAsync("/api/admin/providers", ann.Token)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.PostAsync("/api/admin/providers", "{}", ann.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _app.GetAsync("/api/admin/users", ann.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        await RoleAsync(ann, "admin");
        (await _app.GetAsync("/api/admin/users", ann.Token)).Status.ShouldBe(HttpStatusCode.OK);
        await RoleAsync(ann, "user");

        (await _app.GetAsync("/api/admin/users", ann.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _app.GetAsync("/api/auth/me", ann.Token)).Text("role").ShouldBe("user");
    }

    [Fact]
    public async Task Disable_EndsTokensAndKeysAtOnce_AndEnableBringsKeysBack()
    {
        var ann = await _app.JoinAsync("ann");
        var key = (await _app.PostAsync("/api/auth/api-keys", """{ "name": "x", "scopes": ["account"] }""", ann.Token)).Text("key");

        (await _app.PostAsync($"/api/admin/users/{ann.Id}/disable", "")).Body.GetProperty("disabled").GetBoolean().ShouldBeTrue();

        (await _app.GetAsync("/api/auth/me", ann.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.GetAsync("/api/auth/me", key)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.RefreshAsync(ann.RefreshToken)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.LoginAsync(ann.Email)).Text("code").ShouldBe("invalid_credentials");
        await _app.PostAsync($"/api/admin/users/{ann.Id}/enable", "");
        (await _app.GetAsync("/api/auth/me", key)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.GetAsync("/api/auth/me", ann.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task TierTeamAndQuota_AreChangedAndShown()
    {
        var ann = await _app.JoinAsync("ann");

        await _app.PutAsync($"/api/admin/users/{ann.Id}/tier", """{ "tier": "gold" }""");
        await _app.PutAsync($"/api/admin/users/{ann.Id}/team", """{ "team": "Research" }""");
        await _app.PutAsync($"/api/admin/users/{ann.Id}/quota", """{ "daily_limit": 50 }""");

        var user = await _app.GetAsync($"/api/admin/users/{ann.Id}");
        (user.Text("tier"), user.Text("team"), user.Body.GetProperty("daily_limit").GetInt64()).ShouldBe(("gold", "Research", 50));
        (await _app.PutAsync($"/api/admin/users/{ann.Id}/tier", """{ "tier": "No Tier" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.PutAsync("/api/admin/users/usr_unknown/tier", """{ "tier": "gold" }""")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keys_OfAUser_AreMadeAndListed()
    {
        var ann = await _app.JoinAsync("ann");

        var made = await _app.PostAsync($"/api/admin/users/{ann.Id}/api-keys", """{ "name": "given", "scopes": ["account:read"] }""");

        (await _app.GetAsync("/api/auth/me", made.Text("key"))).Text("id").ShouldBe(ann.Id);
        (await _app.GetAsync($"/api/admin/users/{ann.Id}/api-keys")).Body.GetProperty("data")[0].GetProperty("user_id").GetString().ShouldBe(ann.Id);
        (await _app.PostAsync("/api/admin/users/usr_unknown/api-keys", """{ "name": "x" }""")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<ApiAnswer> RoleAsync(Person person, string role) => _app.PutAsync($"/api/admin/users/{person.Id}/role", $$"""{ "role": "{{role}}" }""");
}
