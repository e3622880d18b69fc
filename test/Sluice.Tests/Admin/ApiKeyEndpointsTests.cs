using System.Net;

namespace Sluice.Tests.Admin;

public sealed class ApiKeyEndpointsTests : IAsyncLifetime
{
    private const string Path = "/api/admin/api-keys";

    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Post_AllMembers_MakesAKeyThatIsShownOnce()
    {
        var created = await _app.PostAsync(Path, """
            { "name": "ci", "models": ["gpt-*"], "limits": { "rpm": 5, "tpm": 6, "concurrency": 7 }, "budget": { "usd": 1.25, "per": "day" },
              "expires_at": "2999-01-02T03:04:05Z" }
            """);

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Text("name").ShouldBe("ci");
        created.Text("key").ShouldNotBeNull().ShouldStartWith(created.Text("prefix")!);
        var item = await _app.GetAsync($"{Path}/{created.Text("id")}");
        item.Status.ShouldBe(HttpStatusCode.OK);
        item.Text("expires_at").ShouldBe("2999-01-02T03:04:05Z");
        item.Text("origin").ShouldBe("database");
        item.Body.GetProperty("limits").ToString().ShouldBe("""{"rpm":5,"tpm":6,"concurrency":7}""");
        item.Body.GetProperty("budget").ToString().ShouldBe("""{"usd":1.25,"per":"day"}""");
        item.Body.GetProperty("scopes").ToString().ShouldBe("""["inference"]""");
        item.Body.ToString().ShouldNotContain(created.Text("key")!);
    }

    [Fact]
    public async Task Mcp_OfAKey_IsNothingUntilItIsGivenAndKeptByOtherChanges()
    {
        var bare = await _app.PostAsync(Path, """{ "name": "bare" }""");
        (await _app.GetAsync($"{Path}/{bare.Text("id")}")).Body.GetProperty("mcp").ToString().ShouldBe("[]");
        var created = await _app.PostAsync(Path, """{ "name": "tools", "mcp": ["web/*", "local/echo"] }""");
        var item = $"{Path}/{created.Text("id")}";
        (await _app.GetAsync(item)).Body.GetProperty("mcp").ToString().ShouldBe("""["web/*","local/echo"]""");

        (await _app.PutAsync(item, """{ "name": "renamed" }""")).Body.GetProperty("mcp").ToString().ShouldBe("""["web/*","local/echo"]""");
        (await _app.PutAsync(item, """{ "mcp": [] }""")).Body.GetProperty("mcp").ToString().ShouldBe("[]");
    }

    [Fact]
    public async Task Post_AdminScope_MakesAnAdministrator()
    {
        var created = await _app.PostAsync(Path, """{ "name": "root", "scopes": ["inference", "admin"] }""");

        (await _app.GetAsync(Path, created.Text("key"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{ "name": "x", "role": "admin" }""", "role")]
    [InlineData("""{ "name": "x", "administrator": true }""", "administrator")]
    [InlineData("""{ "name": "x", "id": "key_mine" }""", "id")]
    [InlineData("""{ "name": "x", "limits": { "rps": 1 } }""", "limits.rps")]
    [InlineData("""{ "name": "x", "name": "y" }""", "name")]
    [InlineData("""{ "name": 5 }""", "name")]
    [InlineData("""{ "name": "" }""", "name")]
    [InlineData("""{ }""", "name")]
    [InlineData("""{ "name": "x", "limits": { "rpm": -1 } }""", "limits.rpm")]
    [InlineData("""{ "name": "x", "limits": { "rpm": 99999999999999999999 } }""", "limits.rpm")]
    [InlineData("""{ "name": "x", "budget": { "usd": -1 } }""", "budget.usd")]
    [InlineData("""{ "name": "x", "budget": { } }""", "budget.usd")]
    [InlineData("""{ "name": "x", "budget": { "usd": 1, "per": "year" } }""", "budget.per")]
    [InlineData("""{ "name": "x", "expires_at": "2000-01-01T00:00:00Z" }""", "expires_at")]
    [InlineData("""{ "name": "x", "scopes": ["root"] }""", "scopes[0]")]
    [InlineData("""{ "name": "x", "models": [null] }""", "models[0]")]
    public async Task Post_BadMember_Is400ThatNamesIt(string body, string field)
    {
        var answer = await _app.PostAsync(Path, body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
        answer.Text("detail").ShouldNotBeNull().ShouldContain(field);
        (await _app.GetAsync(Path)).Body.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "name": "x" } {}""")]
    [InlineData("""{ "name": "\ud800" }""")]
    public async Task Post_NoJsonDocumentOfThisKind_Is400(string body)
        => (await _app.PostAsync(Path, body)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Post_DeepNesting_Is400AndHugeBody_Is413()
    {
        (await _app.PostAsync(Path, new string('[', 100_000))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.PostAsync(Path, $$"""{ "name": "{{new string('x', 2_000_000)}}" }""")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Put_ChangesWhatIsNamedAndKeepsTheRest()
    {
        var created = await _app.PostAsync(Path, """{ "name": "ci", "limits": { "rpm": 5 }, "budget": { "usd": 1 } }""");

        var changed = await _app.PutAsync($"{Path}/{created.Text("id")}", """{ "models": ["a"] }""");
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Body.GetProperty("models").ToString().ShouldBe("""["a"]""");
        changed.Body.GetProperty("limits").GetProperty("rpm").GetInt64().ShouldBe(5);
        changed.Body.GetProperty("budget").GetProperty("usd").GetDecimal().ShouldBe(1);

        changed = await _app.PutAsync($"{Path}/{created.Text("id")}", """{ "budget": null, "limits": {} }""");
        changed.Body.GetProperty("budget").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        changed.Body.GetProperty("limits").GetProperty("rpm").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task Delete_RevokesAtOnce()
    {
        var created = await _app.PostAsync(Path, """{ "name": "root", "scopes": ["admin"] }""");

        (await _app.DeleteAsync($"{Path}/{created.Text("id")}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await _app.GetAsync(Path, created.Text("key"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.GetAsync($"{Path}/{created.Text("id")}")).Body.GetProperty("revoked").GetBoolean().ShouldBeTrue();
        (await _app.DeleteAsync($"{Path}/key_unknown")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task KeyOfTheFile_IsListedLastAndReadOnly()
    {
        await _app.PostAsync(Path, """{ "name": "ci" }""");

        var list = (await _app.GetAsync(Path)).Body.GetProperty("data");
        var file = list[1];
        file.GetProperty("name").GetString().ShouldBe("user");
        file.GetProperty("origin").GetString().ShouldBe("file");
        var path = $"{Path}/{file.GetProperty("id").GetString()}";
        (await _app.GetAsync(path)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.PutAsync(path, """{ "name": "x" }""")).Text("code").ShouldBe("read_only");
        (await _app.DeleteAsync(path)).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Get_PagingWhileKeysAreMade_GivesEachOnceNewestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            await _app.PostAsync(Path, $$"""{ "name": "k{{i}}" }""");
        }

        var names = new List<string?>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = await _app.GetAsync($"{Path}?limit=2&cursor={cursor}");
            names.AddRange(page.Body.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
            cursor = page.Text("next_cursor");
            await _app.PostAsync(Path, """{ "name": "later" }""");
        }

        names.ShouldBe(["k4", "k3", "k2", "k1", "k0", "user"]);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=x")]
    [InlineData("limit=1&limit=2")]
    [InlineData("cursor=nonsense")]
    [InlineData("cursor=%27%20OR%201%3D1")]
    public async Task Get_BadParameter_Is400(string query)
    {
        var answer = await _app.GetAsync($"{Path}?{query}");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text("code").ShouldBe("invalid_parameter");
    }
}
