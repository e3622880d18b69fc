using System.Net;
using System.Text.Json;
using Sluice.Configuration;

namespace Sluice.Tests.Admin.Accounts;

/// <summary>People who use the administration of a test.</summary>
internal static class People
{
    public const string Password = "correct horse battery";

    /// <summary>A service at which anybody may register.</summary>
    public static Task<AdministrationApp> StartAsync(Func<AuthConfig, AuthConfig>? auth = null)
    {
        var open = new AuthConfig { Registration = "open" };
        return AdministrationApp.StartAsync(AdministrationApp.DefaultFile with { Auth = auth?.Invoke(open) ?? open });
    }

    /// <summary>Registers a person and signs in.</summary>
    public static async Task<Person> JoinAsync(this AdministrationApp app, string name)
    {
        var email = $"{name}@example.com";
        var made = await app.PostAsync("/api/auth/register", $$"""{ "email": "{{email}}", "password": "{{Password}}", "name": "{{name}}" }""", key: null);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body.ToString());
        return await app.SignInAsync(email) with { Id = made.Text("id")! };
    }

    public static async Task<Person> SignInAsync(this AdministrationApp app, string email, string password = Password)
    {
        var answer = await app.LoginAsync(email, password);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body.ToString());
        return new Person("", email, answer.Text("access_token")!, answer.Text("refresh_token")!);
    }

    public static Task<ApiAnswer> LoginAsync(this AdministrationApp app, string email, string password = Password)
        => app.PostAsync("/api/auth/login", $$"""{ "email": "{{email}}", "password": "{{password}}" }""", key: null);

    /// <summary>What an answer says, without the id that each one has for itself.</summary>
    public static IEnumerable<string> Said(JsonElement body)
        => body.EnumerateObject().Where(member => member.Name != "request_id").Select(member => member.ToString());

    public static Task<ApiAnswer> RefreshAsync(this AdministrationApp app, string token)
        => app.PostAsync("/api/auth/refresh", $$"""{ "refresh_token": "{{token}}" }""", key: null);
}

/// <summary>Somebody with an account and a session.</summary>
internal sealed record Person(string Id, string Email, string Token, string RefreshToken);
