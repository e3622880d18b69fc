using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;
using Sluice.Tests.Admin;

namespace Sluice.Tests.Auth;

public sealed class EndpointAccessTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync(map: routes =>
    {
        routes.MapGet("/open", Hello).WithAccess(Access.Anyone);
        routes.MapGet("/model", Hello).WithAccess(Access.Pipeline);
        routes.MapGet("/caller", Hello).WithAccess(Access.Caller);
        routes.MapGet("/admin", Hello).WithAccess(Access.Administrator);
    });

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("/open", null, 200)]
    [InlineData("/model", null, 200)]
    [InlineData("/caller", null, 401)]
    [InlineData("/caller", "unknown", 401)]
    [InlineData("/caller", AdministrationApp.UserKey, 200)]
    [InlineData("/caller", AdministrationApp.AdministratorKey, 200)]
    [InlineData("/admin", null, 401)]
    [InlineData("/admin", "unknown", 401)]
    [InlineData("/admin", AdministrationApp.UserKey, 403)]
    [InlineData("/admin", AdministrationApp.AdministratorKey, 200)]
    [InlineData("/ADMIN", null, 401)]
    [InlineData("/x/../admin", null, 401)]
    [InlineData("/%61dmin", null, 401)]
    [InlineData("/nowhere", null, 404)]
    public async Task Request_EachPolicyAndKey_IsLetThroughOrRefused(string path, string? key, int status)
        => ((int)(await _app.GetAsync(path, key)).Status).ShouldBe(status);

    [Fact]
    public async Task Refusal_IsAProblemWithCodeAndRequestId()
    {
        var answer = await _app.GetAsync("/admin", key: null);

        answer.Text("code").ShouldBe("missing_credential");
        answer.Text("type").ShouldBe("urn:sluice:error:missing_credential");
        answer.Text("request_id").ShouldStartWith("req_");
        answer.Headers.GetValues("x-request-id").ShouldBe([answer.Text("request_id")]);
        answer.Body.GetProperty("status").GetInt32().ShouldBe(401);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task Request_KeyInTheQuery_IsNoCredentialHere()
        => (await _app.GetAsync($"/caller?key={AdministrationApp.UserKey}", key: null)).Status.ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task Request_UnknownBody_Is401BeforeAnythingIsValidated()
        => (await _app.PostAsync("/api/admin/api-keys", "{ nonsense", key: null)).Status.ShouldBe(HttpStatusCode.Unauthorized);

    [Theory]
    [InlineData("Pipeline", false)]
    [InlineData("Anyone", true)]
    [InlineData("Caller", true)]
    [InlineData("Administrator", true)]
    public void Request_OnASocketThread_OnlyModelEndpointsStayThere(string access, bool leaves)
    {
        var onPool = false;
        using var done = new ManualResetEventSlim();
        var app = new ApplicationBuilder(_app.Services);
        app.UseEndpointAccess();
        app.Run(_ =>
        {
            onPool = Thread.CurrentThread.IsThreadPoolThread;
            done.Set();
            return Task.CompletedTask;
        });
        var pipeline = app.Build();
        var context = new DefaultHttpContext { RequestServices = _app.Services };
        context.Request.Headers.Authorization = "Bearer " + AdministrationApp.AdministratorKey;
        context.SetEndpoint(new RouteEndpoint(
            _ => Task.CompletedTask, RoutePatternFactory.Parse("/x"), 0, new EndpointMetadataCollection(new EndpointPolicy(Enum.Parse<Access>(access))), "x"));

        var socketThread = new Thread(() => pipeline(context));
        socketThread.Start();
        socketThread.Join();

        done.Wait(TestKit.Eventually.Patience).ShouldBeTrue();
        onPool.ShouldBe(leaves);
    }

    [Fact]
    public async Task Request_KeyOfTheDatabase_NotesItsUse()
    {
        var created = await _app.PostAsync("/api/admin/api-keys", """{ "name": "root", "scopes": ["admin"] }""");
        (await _app.GetAsync("/admin", created.Text("key"))).Status.ShouldBe(HttpStatusCode.OK);

        await TestKit.Eventually.HoldsAsync("the use to be noted", () =>
            _app.Services.GetRequiredService<ApiKeyStore>().Find(created.Text("id")!)?.LastUsedAt is not null);
    }

    [Fact]
    public async Task RequirePolicies_EndpointWithoutPolicy_NamesIt()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => AdministrationApp.StartAsync(map: routes => routes.MapGet("/hole", Hello)));

        failure.Message.ShouldContain("/hole");
        failure.Message.ShouldNotContain("/api/admin");
    }

    private static Task Hello(HttpContext context) => context.Response.WriteAsync("hello");
}
