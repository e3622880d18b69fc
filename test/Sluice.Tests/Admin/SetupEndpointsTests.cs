using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;

namespace Sluice.Tests.Admin;

public sealed class SetupEndpointsTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync(administratorKey: "");

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Post_Token_GivesAnAdministratorsKeyOnce()
    {
        var token = (await _app.Services.GetRequiredService<FirstRun>().PrepareAsync()).SetupToken;

        var created = await _app.PostAsync("/api/setup", $$"""{ "token": "{{token}}", "name": "me" }""", key: null);

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Text("name").ShouldBe("me");
        (await _app.GetAsync("/api/admin/api-keys", created.Text("key"))).Status.ShouldBe(HttpStatusCode.OK);
        var again = await _app.PostAsync("/api/setup", $$"""{ "token": "{{token}}" }""", key: null);
        again.Status.ShouldBe(HttpStatusCode.Forbidden);
        again.Text("code").ShouldBe("invalid_setup_token");
    }

    [Theory]
    [InlineData("""{ "token": "guess" }""", HttpStatusCode.Forbidden)]
    [InlineData("""{ "token": "0123456789012345678901234567890123456789" }""", HttpStatusCode.Forbidden)]
    [InlineData("""{ }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "token": "guess", "role": "admin" }""", HttpStatusCode.BadRequest)]
    public async Task Post_NoGoodToken_IsRefused(string body, HttpStatusCode status)
    {
        await _app.Services.GetRequiredService<FirstRun>().PrepareAsync();

        (await _app.PostAsync("/api/setup", body, key: null)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("/setup?token=x")]
    [InlineData("/docs")]
    public async Task Page_LoadsNothingFromElsewhere(string path)
    {
        var page = await _app.GetAsync(path, key: null);

        page.Status.ShouldBe(HttpStatusCode.OK);
        var html = page.Body.GetString()!;
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        var nonce = System.Text.RegularExpressions.Regex.Match(policy, "'nonce-([0-9a-f]+)'").Groups[1].Value;
        html.ShouldContain($"<script type=\"module\" nonce=\"{nonce}\">");
        html.ShouldContain($"<style nonce=\"{nonce}\">");
        html.ShouldNotContain("{{nonce}}");
        html.ShouldNotContain("http://");
        html.ShouldNotContain("https://");
        html.ShouldNotContain(" style=");
        page.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
        (await _app.GetAsync(path, key: null)).Headers.GetValues("Content-Security-Policy").Single().ShouldNotBe(policy);
    }
}
