using System.Net;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth;

namespace Sluice.Tests.Admin.Accounts;

/// <summary>Every endpoint of <c>/api</c>, tried by everybody with ids of somebody else. The list is the service's own: a new endpoint is in it.</summary>
public sealed class PermissionMatrixTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await People.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Endpoints_TriedByEverybody_LetInWhomTheirPolicyNames()
    {
        var owner = await _app.JoinAsync("owner");
        var user = await _app.JoinAsync("user");
        var operatorPerson = await _app.JoinAsync("operator");
        await _app.PutAsync($"/api/admin/users/{operatorPerson.Id}/role", """{ "role": "operator" }""");
        var key = (await _app.PostAsync("/api/auth/api-keys", """{ "name": "owner's secret key" }""", owner.Token)).Text("id")!;
        var session = (await _app.GetAsync("/api/auth/sessions", owner.Token)).Body.GetProperty("data")[0].GetProperty("id").GetString()!;
        string[] foreign = [owner.Id, key, session];
        var (wrong, tried) = (new List<string>(), 0);

        foreach (var endpoint in _app.Endpoints.Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal)))
        {
            var access = endpoint.Metadata.GetMetadata<EndpointPolicy>()!.Access;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                if (access == Access.Anyone || endpoint.RoutePattern.RawText!.EndsWith("logout", StringComparison.Ordinal))
                {
                    continue;
                }

                foreach (var id in foreign)
                {
                    var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{id}", id, StringComparison.Ordinal);
                    var json = method is "GET" or "DELETE" ? null : "{ not json";
                    foreach (var (who, token, role) in ((string, string?, int)[])[("nobody", null, -1), ("user", user.Token, 0), ("file key", AdministrationApp.UserKey, 0), ("operator", operatorPerson.Token, 1)])
                    {
                        var answer = await _app.SendAsync(new HttpMethod(method), path, json, token);
                        tried++;
                        var needed = access switch { Access.Administrator => 2, Access.Operator => 1, _ => 0 };
                        var expected = role < 0 ? HttpStatusCode.Unauthorized : role < needed ? HttpStatusCode.Forbidden : (HttpStatusCode?)null;
                        var isForeign = path.Contains(id, StringComparison.Ordinal) && access == Access.Account;
                        if ((expected is not null && answer.Status != expected)
                            || (isForeign && (int)answer.Status < 400)
                            || (access == Access.Account && (answer.Body.ToString().Contains(owner.Email, StringComparison.Ordinal) || answer.Body.ToString().Contains("owner's secret", StringComparison.Ordinal))))
                        {
                            wrong.Add($"{who}: {method} {path} answers {(int)answer.Status} {answer.Body}");
                        }
                    }
                }
            }
        }

        wrong.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(500);
        (await _app.GetAsync("/api/auth/me", owner.Token)).Text("id").ShouldBe(owner.Id);
    }
}
