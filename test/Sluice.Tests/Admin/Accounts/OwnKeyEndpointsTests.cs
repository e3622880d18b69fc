using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;

namespace Sluice.Tests.Admin.Accounts;

public sealed class OwnKeyEndpointsTests : IAsyncLifetime
{
    private const string Path = "/api/auth/api-keys";
    private AdministrationApp _app = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _app = await People.StartAsync();
        _ann = await _app.JoinAsync("ann");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Create_Key_IsShownOnceAndBelongsToTheUser()
    {
        var (id, key) = await MakeAsync("""{ "name": "laptop", "models": ["gpt-*"], "limits": { "rpm": 5 }, "budget": { "usd": 1, "per": "day" } }""");

        var list = await _app.GetAsync(Path, _ann.Token);
        list.Body.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe(id);
        list.Body.ToString().ShouldNotContain(key);
        var caller = Find(key).ShouldNotBeNull();
        (caller.User, caller.MayInfer, caller.Models.Allows("gpt-x"), caller.Models.Allows("claude")).ShouldBe((_ann.Id, true, true, false));
        (await _app.GetAsync(Path, key)).Text("code").ShouldBe("scope_required");
    }

    [Fact]
    public async Task Scopes_BoundWhatAKeyMay()
    {
        var (_, reader) = await MakeAsync("""{ "name": "r", "scopes": ["account:read"] }""");
        var (_, minder) = await MakeAsync("""{ "name": "m", "scopes": ["account"] }""");

        (await _app.GetAsync(Path, reader)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.PostAsync(Path, """{ "name": "x" }""", reader)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _app.PostAsync(Path, """{ "name": "x" }""", minder)).Status.ShouldBe(HttpStatusCode.Created);
        Find(reader)!.MayInfer.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{ "name": "x", "scopes": ["admin"] }""")]
    [InlineData("""{ "name": "x", "scopes": [] }""")]
    [InlineData("""{ "name": "x", "owner": "usr_1" }""")]
    [InlineData("""{ "name": "x", "limits": { "rpm": -1 } }""")]
    [InlineData("""{ "name": "x", "expires_at": "2001-01-01T00:00:00Z" }""")]
    [InlineData("""{ }""")]
    public async Task Create_BadBody_IsRefused(string body) => (await _app.PostAsync(Path, body, _ann.Token)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Key_OfAnAdministrator_IsNoAdministrators()
    {
        await _app.PutAsync($"/api/admin/users/{_ann.Id}/role", """{ "role": "admin" }""");
        var (_, key) = await MakeAsync("""{ "name": "x", "scopes": ["inference", "account"] }""");

        (await _app.GetAsync("/api/admin/users", _ann.Token)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.GetAsync("/api/admin/users", key)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Foreign_Key_IsAsUnknownAsNone()
    {
        var (id, key) = await MakeAsync("""{ "name": "mine" }""");
        var eve = await _app.JoinAsync("eve");

        var foreign = await _app.SendAsync(HttpMethod.Delete, $"{Path}/{id}", null, eve.Token);
        var unknown = await _app.SendAsync(HttpMethod.Delete, $"{Path}/key_unknown", null, eve.Token);

        foreign.Status.ShouldBe(HttpStatusCode.NotFound);
        People.Said(foreign.Body).ShouldBe(People.Said(unknown.Body));
        (await _app.PostAsync($"{Path}/{id}/rotate", "{}", eve.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
        Find(key).ShouldNotBeNull();
        (await _app.GetAsync(Path, eve.Token)).Body.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Delete_Key_EndsItAtOnce()
    {
        var (id, key) = await MakeAsync("""{ "name": "mine" }""");

        (await _app.SendAsync(HttpMethod.Delete, $"{Path}/{id}", null, _ann.Token)).Status.ShouldBe(HttpStatusCode.NoContent);

        Find(key).ShouldBeNull();
        (await _app.SendAsync(HttpMethod.Delete, $"{Path}/{id}", null, _ann.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Rotate_WithOverlap_BothTextsAreOneKey()
    {
        var (id, old) = await MakeAsync("""{ "name": "mine", "limits": { "rpm": 5 } }""");

        var rotated = await _app.PostAsync($"{Path}/{id}/rotate", """{ "overlap_seconds": 60 }""", _ann.Token);

        rotated.Status.ShouldBe(HttpStatusCode.OK);
        var now = Find(rotated.Text("key")!).ShouldNotBeNull();
        var before = Find(old).ShouldNotBeNull();
        (now.KeyId, before.KeyId).ShouldBe((id, id));
        before.Limiter.ShouldBeSameAs(now.Limiter);
        before.ExpiresAt.ShouldNotBeNull();
        await _app.SendAsync(HttpMethod.Delete, $"{Path}/{id}", null, _ann.Token);
        Find(old).ShouldBeNull();
        Find(rotated.Text("key")!).ShouldBeNull();
    }

    [Fact]
    public async Task Rotate_WithoutOverlap_EndsTheOldText()
    {
        var (id, old) = await MakeAsync("""{ "name": "mine" }""");

        var rotated = await _app.PostAsync($"{Path}/{id}/rotate", "{}", _ann.Token);

        Find(old).ShouldBeNull();
        Find(rotated.Text("key")!).ShouldNotBeNull();
        (await _app.PostAsync($"{Path}/{id}/rotate", """{ "overlap_seconds": -1 }""", _ann.Token)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private Caller? Find(string key) => _app.Services.GetRequiredService<ICallerRegistry>().Find(key);

    private async Task<(string Id, string Key)> MakeAsync(string body)
    {
        var made = await _app.PostAsync(Path, body, _ann.Token);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body.ToString());
        made.Text("key")!.ShouldStartWith(made.Text("prefix")!);
        return (made.Text("id")!, made.Text("key")!);
    }
}
