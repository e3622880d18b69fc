using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Audit;
using Sluice.Storage;

namespace Sluice.Tests.Admin;

public sealed class AuditTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Change_IsLoggedWithBeforeAndAfter_WithoutSecrets()
    {
        var made = await _app.PostAsync("/api/admin/api-keys", """{ "name": "old name" }""");
        await _app.PutAsync($"/api/admin/api-keys/{made.Text("id")}", """{ "name": "new name" }""");
        await _app.PostAsync("/api/admin/credentials", """{ "provider": "file-provider", "name": "c", "api_key": "sk-canary-secret" }""");
        await _app.PostAsync("/api/admin/users", """{ "email": "a@example.com", "password": "password-canary" }""");

        var list = await _app.GetAsync("/api/admin/audit");

        var entries = list.Body.GetProperty("data").EnumerateArray().ToList();
        entries.Select(entry => entry.GetProperty("action").GetString()).ShouldBe(
            ["POST /api/admin/users", "POST /api/admin/credentials", "PUT /api/admin/api-keys/{id}", "POST /api/admin/api-keys"]);
        entries.ShouldAllBe(entry => entry.GetProperty("actor").GetString() == "admin");
        entries[2].GetProperty("target").GetString().ShouldBe(made.Text("id"));
        entries[2].GetProperty("before").GetProperty("name").GetString().ShouldBe("old name");
        entries[2].GetProperty("after").GetProperty("name").GetString().ShouldBe("new name");
        foreach (var secret in (string[])[made.Text("key")!, "sk-canary-secret", "password-canary", "$2b$"])
        {
            list.Body.ToString().ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Refusal_IsNotAChange()
    {
        await _app.PostAsync("/api/admin/api-keys", "{}");
        await _app.PostAsync("/api/admin/api-keys", """{ "name": "x" }""", AdministrationApp.UserKey);

        (await _app.GetAsync("/api/admin/audit")).Body.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task List_FiltersPagesAndExports()
    {
        for (var i = 0; i < 5; i++)
        {
            await _app.PostAsync("/api/admin/api-keys", $$"""{ "name": "=key{{i}}" }""");
        }

        var first = await _app.GetAsync("/api/admin/audit?limit=3");
        var second = await _app.GetAsync($"/api/admin/audit?limit=3&cursor={first.Text("next_cursor")}");
        second.Body.GetProperty("data").GetArrayLength().ShouldBe(2);
        (await _app.GetAsync("/api/admin/audit?action=nothing")).Body.GetProperty("data").GetArrayLength().ShouldBe(0);
        (await _app.GetAsync("/api/admin/audit?limit=0")).Status.ShouldBe(HttpStatusCode.BadRequest);
        var lines = await _app.GetAsync("/api/admin/audit/export");
        lines.Body.GetString()!.Trim().Split('\n').Length.ShouldBe(5);
        var csv = await _app.GetAsync("/api/admin/audit/export?format=csv");
        csv.Body.GetString()!.Trim().Split('\n').Length.ShouldBe(6);
    }

    [Fact]
    public async Task Chain_OneEntryChanged_IsFound()
    {
        for (var i = 0; i < 3; i++)
        {
            await _app.PostAsync("/api/admin/api-keys", """{ "name": "x" }""");
        }

        var database = _app.Services.GetRequiredService<SqliteDatabase>();
        Broken(database).ShouldBeNull();
        await database.WriteAsync(connection => connection.Execute("UPDATE audit_log SET actor_name = 'somebody else' WHERE id = 2"));

        Broken(database).ShouldBe(2);
    }

    /// <summary>A new path that changes something cannot be forgotten: the trail is before all of them.</summary>
    [Fact]
    public void EveryChangingPathOfTheAdministration_IsUnderTheTrail()
        => _app.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<Sluice.Auth.EndpointPolicy>()!.Access is Sluice.Auth.Access.Administrator or Sluice.Auth.Access.Operator)
            .Where(endpoint => !endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .ShouldAllBe(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/admin"));

    private static long? Broken(SqliteDatabase database)
    {
        using var read = database.Read();
        return AuditLog.FirstBroken(read.Connection);
    }
}
