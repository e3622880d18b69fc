using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Limits.Budgets;

namespace Sluice.Tests.Admin;

public sealed class BudgetEndpointsTests : IAsyncLifetime
{
    private const string Path = "/api/admin/budgets";

    private AdministrationApp _app = null!;

    private IBudgetGate Gate => _app.Services.GetRequiredService<IBudgetGate>();

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync(AdministrationApp.DefaultFile with
    {
        Budgets = [new SharedBudgetConfig { Name = "of file", Budget = new BudgetConfig { Usd = 2, Per = "month" }, Origin = ConfigOrigin.File }],
        Keys = [.. AdministrationApp.DefaultFile.Keys.Select(key => key with { Budget = new BudgetConfig { Usd = 1 } })],
    });

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Post_Budget_IsInForceAtOnceAndShowsHowItStands()
    {
        var created = await _app.PostAsync(Path, """{ "name": "models", "scope": "model", "match": "gpt-*", "usd": 0.000001, "per": "day", "time_zone": "Asia/Tokyo", "on_exceed": "clamp" }""");
        created.Status.ShouldBe(HttpStatusCode.Created);
        var accounts = Gate.For(new BudgetSubject("key_1", "k", null, null, null, 1), "gpt-5.1");

        (await Gate.ReserveAsync(accounts, 1_001, new BudgetHold())).Allowed.ShouldBeFalse();
        (await Gate.ReserveAsync(accounts, 600, new BudgetHold())).Allowed.ShouldBeTrue();

        accounts.Select(account => account.Policy.Name).ShouldBe(["of file", "models"]);
        var item = (await _app.GetAsync($"{Path}/{created.Text("id")}")).Body;
        item.GetProperty("limit_nano_usd").GetInt64().ShouldBe(1_000);
        item.GetProperty("spent_nano_usd").GetInt64().ShouldBe(0);
        item.GetProperty("held_nano_usd").GetInt64().ShouldBeGreaterThanOrEqualTo(600);
        item.GetProperty("remaining_nano_usd").GetInt64().ShouldBe(1_000 - item.GetProperty("held_nano_usd").GetInt64());
        item.GetProperty("resets_at").GetString().ShouldEndWith("T15:00:00Z");
        item.GetProperty("mode").GetString().ShouldBe("enforce");
        item.GetProperty("alerts").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Get_All_ListsThoseOfDatabaseFileAndKeysOnceWhilePaging()
    {
        await _app.PostAsync(Path, """{ "name": "one", "usd": 1 }""");
        await _app.PostAsync(Path, """{ "name": "two", "usd": 1 }""");
        await _app.PostAsync("/api/admin/api-keys", """{ "name": "stored", "budget": { "usd": 3, "per": "week" } }""");

        var names = new List<string?>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await _app.GetAsync($"{Path}?limit=1&cursor={cursor}");
            names.AddRange(page.Body.GetProperty("data").EnumerateArray().Select(item => $"{item.GetProperty("name")} {item.GetProperty("origin")}"));
            cursor = page.Text("next_cursor");
        }

        names.ShouldBe(["two database", "one database", "of file file", "user file", "stored database"]);
    }

    [Fact]
    public async Task Balances_BudgetOfEach_ListsEverySubject()
    {
        var created = await _app.PostAsync(Path, """{ "name": "teams", "scope": "team", "each": true, "usd": 1 }""");
        created.Body.GetProperty("spent_nano_usd").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        foreach (var team in (string[])["red", "blue"])
        {
            await Gate.ReserveAsync(Gate.For(new BudgetSubject("key_1", "k", null, team, null, 1), "m"), 5, new BudgetHold());
        }

        var balances = await _app.GetAsync($"{Path}/{created.Text("id")}/balances");

        balances.Body.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("subject").GetString()).ShouldBe(["blue", "red"]);
    }

    [Fact]
    public async Task PutAndDelete_BudgetOfTheDatabase_ChangeWhatIsInForce()
    {
        var id = (await _app.PostAsync(Path, """{ "name": "one", "usd": 1 }""")).Text("id");
        var subject = new BudgetSubject("key_1", "k", null, null, null, 1);

        (await _app.PutAsync($"{Path}/{id}", """{ "usd": 0 }""")).Body.GetProperty("limit_nano_usd").GetInt64().ShouldBe(0);
        (await Gate.ReserveAsync(Gate.For(subject, "m"), 1, new BudgetHold())).RefusedBy!.Policy.Name.ShouldBe("one");

        (await _app.DeleteAsync($"{Path}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Gate.ReserveAsync(Gate.For(subject, "m"), 1, new BudgetHold())).Allowed.ShouldBeTrue();
        (await _app.DeleteAsync($"{Path}/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PutAndDelete_BudgetOfFileOrKey_AreRefused()
    {
        await _app.PostAsync("/api/admin/api-keys", """{ "name": "stored", "budget": { "usd": 3 } }""");
        foreach (var item in (await _app.GetAsync(Path)).Body.GetProperty("data").EnumerateArray())
        {
            var id = item.GetProperty("id").GetString();

            (await _app.DeleteAsync($"{Path}/{id}")).Text("code").ShouldBe("read_only");
            (await _app.PutAsync($"{Path}/{id}", """{ "usd": 1 }""")).Text("code").ShouldBe("read_only");
        }
    }

    [Theory]
    [InlineData("""{ "usd": 1 }""", "name")]
    [InlineData("""{ "name": "x" }""", "usd")]
    [InlineData("""{ "name": "x", "usd": -1 }""", "usd")]
    [InlineData("""{ "name": "x", "usd": 1, "scope": "planet" }""", "scope")]
    [InlineData("""{ "name": "x", "usd": 1, "per": "year" }""", "per")]
    [InlineData("""{ "name": "x", "usd": 1, "time_zone": "Europe/Berlim" }""", "time_zone")]
    [InlineData("""{ "name": "x", "usd": 1, "alerts": [0.5, 1.5] }""", "alerts[1]")]
    [InlineData("""{ "name": "x", "usd": 1, "mode": "hope" }""", "mode")]
    [InlineData("""{ "name": "x", "usd": 1, "on_exceed": "pray" }""", "on_exceed")]
    [InlineData("""{ "name": "x", "usd": 1, "spent": 0 }""", "spent")]
    public async Task Post_BadBody_NamesTheMember(string body, string member)
    {
        var answer = await _app.PostAsync(Path, body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(member);
    }

    [Theory]
    [InlineData("of file")]
    [InlineData("taken")]
    public async Task Post_NameThatIsTaken_IsRefused(string name)
    {
        await _app.PostAsync(Path, """{ "name": "taken", "usd": 1 }""");

        (await _app.PostAsync(Path, $$"""{ "name": "{{name}}", "usd": 1 }""")).Text("code").ShouldBe("name_taken");
    }
}
