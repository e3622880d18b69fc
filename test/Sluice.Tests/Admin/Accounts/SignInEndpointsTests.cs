using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;

namespace Sluice.Tests.Admin.Accounts;

public sealed class SignInEndpointsTests : IAsyncLifetime
{
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await People.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Register_ThenLogin_IsAUser()
    {
        var ann = await _app.JoinAsync("ann");

        var me = await _app.GetAsync("/api/auth/me", ann.Token);

        me.Status.ShouldBe(HttpStatusCode.OK);
        (me.Text("id"), me.Text("email"), me.Text("name"), me.Text("role"), me.Text("tier")).ShouldBe((ann.Id, "ann@example.com", "ann", "user", "free"));
        (await _app.GetAsync("/api/admin/users", ann.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("role", "\"admin\"")]
    [InlineData("tier", "\"gold\"")]
    [InlineData("quota", "1")]
    [InlineData("owner", "\"x\"")]
    public async Task Register_PrivilegedMember_IsRefused(string member, string value)
    {
        var answer = await _app.PostAsync("/api/auth/register", $$"""{ "email": "eve@example.com", "password": "12345678", "{{member}}": {{value}} }""", key: null);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(member);
        (await _app.LoginAsync("eve@example.com", "12345678")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{ "email": "no address", "password": "12345678" }""")]
    [InlineData("""{ "email": "a@b@c", "password": "12345678" }""")]
    [InlineData("""{ "email": "x@example.com", "password": "1234567" }""")]
    [InlineData("""{ "email": "x@example.com" }""")]
    [InlineData("""{ "email": "x@example.com", "password": "1234567890123456789012345678901234567890123456789012345678901234567890123" }""")]
    [InlineData("""{ "email": "x@example.com", "email": "y@example.com", "password": "12345678" }""")]
    public async Task Register_BadBody_IsRefused(string body)
        => (await _app.PostAsync("/api/auth/register", body, key: null)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Register_SameAddressInOtherSpelling_IsTaken()
    {
        await _app.JoinAsync("bob");

        var again = await _app.PostAsync("/api/auth/register", """{ "email": "BOB@Example.com", "password": "12345678" }""", key: null);

        again.Text("code").ShouldBe("email_taken");
    }

    [Fact]
    public async Task Login_WrongPasswordAndUnknownUser_AnswerAlike()
    {
        await _app.JoinAsync("cal");

        var wrong = await _app.LoginAsync("cal@example.com", "not the password");
        var unknown = await _app.LoginAsync("nobody@example.com", "not the password");

        wrong.Status.ShouldBe(HttpStatusCode.Unauthorized);
        People.Said(unknown.Body).ShouldBe(People.Said(wrong.Body));
    }

    [Fact]
    public async Task Refresh_Rotates_AndAReusedTokenEndsTheSession()
    {
        var dan = await _app.JoinAsync("dan");

        var second = await _app.RefreshAsync(dan.RefreshToken);
        second.Status.ShouldBe(HttpStatusCode.OK);
        (await _app.GetAsync("/api/auth/me", second.Text("access_token"))).Status.ShouldBe(HttpStatusCode.OK);
        var reused = await _app.RefreshAsync(dan.RefreshToken);

        reused.Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.RefreshAsync(second.Text("refresh_token")!)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.GetAsync("/api/auth/me", second.Text("access_token"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Refresh_HundredAtOnce_OneSucceeds()
    {
        var ed = await _app.JoinAsync("ed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _app.RefreshAsync(ed.RefreshToken)));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized).ShouldBe(99);
    }

    [Fact]
    public async Task Logout_EndsTheAccessTokenAndNoOther()
    {
        var here = await _app.JoinAsync("fay");
        var there = await _app.SignInAsync(here.Email);

        (await _app.PostAsync("/api/auth/logout", "", here.Token)).Status.ShouldBe(HttpStatusCode.NoContent);

        (await _app.GetAsync("/api/auth/me", here.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.RefreshAsync(here.RefreshToken)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.GetAsync("/api/auth/me", there.Token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Sessions_AreListedAndEnded_ByTheirOwnerAlone()
    {
        var gil = await _app.JoinAsync("gil");
        var elsewhere = await _app.SignInAsync(gil.Email);
        var hal = await _app.JoinAsync("hal");
        var list = await _app.GetAsync("/api/auth/sessions", gil.Token);
        var other = list.Body.GetProperty("data").EnumerateArray().Single(session => !session.GetProperty("current").GetBoolean()).GetProperty("id").GetString();

        (await _app.SendAsync(HttpMethod.Delete, $"/api/auth/sessions/{other}", null, hal.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _app.GetAsync("/api/auth/me", elsewhere.Token)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.SendAsync(HttpMethod.Delete, $"/api/auth/sessions/{other}", null, gil.Token)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _app.GetAsync("/api/auth/me", elsewhere.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Profile_NewPassword_NeedsTheOldAndEndsOtherSessions()
    {
        var ida = await _app.JoinAsync("ida");
        var elsewhere = await _app.SignInAsync(ida.Email);

        (await ChangeAsync(ida, """{ "password": "another password" }""")).Text("code").ShouldBe("wrong_password");
        (await ChangeAsync(ida, """{ "password": "another password", "current_password": "guess" }""")).Text("code").ShouldBe("wrong_password");
        (await ChangeAsync(ida, $$"""{ "password": "another password", "current_password": "{{People.Password}}", "name": "Ida" }""")).Text("name").ShouldBe("Ida");

        (await _app.GetAsync("/api/auth/me", ida.Token)).Status.ShouldBe(HttpStatusCode.OK);
        (await _app.GetAsync("/api/auth/me", elsewhere.Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.LoginAsync(ida.Email)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.LoginAsync(ida.Email, "another password")).Status.ShouldBe(HttpStatusCode.OK);
        (await ChangeAsync(ida, """{ "role": "admin" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Login_TooManyFailures_LocksTheAddressForEveryEntranceWhateverItsHeadersSay()
    {
        await using var app = await People.StartAsync(auth => auth with { Lockout = new() { Failures = 3 } });
        var joe = await app.JoinAsync("joe");
        (await app.LoginAsync(joe.Email, "wrong 1")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await app.LoginAsync(joe.Email, "wrong 2")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await app.SignInAsync(joe.Email);

        for (var i = 0; i < 3; i++)
        {
            (await GuessAsync(app, i)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        for (var i = 0; i < 100; i++)
        {
            (await GuessAsync(app, i)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        }

        var right = await app.LoginAsync(joe.Email);
        right.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        right.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(800, 900);
        (await app.GetAsync("/api/auth/me", joe.Token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Register_ByInvitation_NeedsOneForTheAddressAndSpendsIt()
    {
        await using var app = await People.StartAsync(auth => auth with { Registration = "invite" });
        (await RegisterAsync("kim@example.com", "")).Text("code").ShouldBe("invitation_required");
        var invitation = (await app.PostAsync("/api/admin/users/invites", """{ "email": "kim@example.com" }""")).Text("token")!;

        (await RegisterAsync("eve@example.com", invitation)).Text("code").ShouldBe("invitation_required");
        (await RegisterAsync("kim@example.com", invitation)).Status.ShouldBe(HttpStatusCode.Created);
        (await RegisterAsync("kim@example.com", invitation)).Status.ShouldBe(HttpStatusCode.Forbidden);

        Task<ApiAnswer> RegisterAsync(string email, string token)
            => app.PostAsync("/api/auth/register", $$"""{ "email": "{{email}}", "password": "12345678", "invite": "{{token}}" }""", key: null);
    }

    [Fact]
    public async Task Register_WhereItIsClosed_IsRefused()
    {
        await using var app = await AdministrationApp.StartAsync();

        (await app.PostAsync("/api/auth/register", """{ "email": "x@example.com", "password": "12345678" }""", key: null)).Text("code").ShouldBe("registration_closed");
    }

    [Fact]
    public async Task Mail_WhereNoneIsSent_ItsPathsAreAbsent()
        => (await _app.PostAsync("/api/auth/password-reset", """{ "email": "x@example.com" }""", key: null)).Status.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task Registry_KnowsAnAccessTokenAsACallerOfTheUser()
    {
        var lea = await _app.JoinAsync("lea");

        var caller = _app.Services.GetRequiredService<ICallerRegistry>().Find(lea.Token).ShouldNotBeNull();

        (caller.User, caller.MayInfer, caller.IsAdministrator).ShouldBe((lea.Id, true, false));
    }

    private Task<ApiAnswer> ChangeAsync(Person person, string json) => _app.SendAsync(HttpMethod.Put, "/api/auth/profile", json, person.Token);

    private static async Task<HttpResponseMessage> GuessAsync(AdministrationApp app, int i)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = $"u{i}@example.com", ["password"] = "guess" }),
        };
        request.Headers.Add("x-forwarded-for", $"10.0.{i}.1");
        request.Headers.Add("forwarded", $"for=10.1.{i}.1");
        request.Headers.Add("x-real-ip", $"10.2.{i}.1");
        return await app.Http.SendAsync(request);
    }
}
