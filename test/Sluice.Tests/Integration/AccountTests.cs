using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service: an administrator from the environment, and a user whose access token calls models until the session ends.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private const string Password = "administrator's password canary";

    private ScriptedUpstream _upstream = null!;
    private SluiceProcess _sluice = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _sluice = await SluiceProcess.StartAsync(new SluiceStart
        {
            AdminKey = null,
            Config = GatewayFixture.Config(_upstream, lanes: 1).ToYaml() + "\nauth: { registration: open }\n",
            Environment = new Dictionary<string, string> { ["SLUICE_ADMIN_EMAIL"] = "Root@Example.com", ["SLUICE_ADMIN_PASSWORD"] = Password },
        });
    }

    public async Task DisposeAsync()
    {
        await _sluice.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task AccessToken_CallsModelsUntilItsSessionEnds()
    {
        using var nobody = new GatewayClient(_sluice.Address);
        var registered = await nobody.PostAsync("/api/auth/register", """{ "email": "ann@example.com", "password": "ann's password" }""", Json);
        registered.Status.ShouldBe(201, registered.Text);
        var login = await nobody.PostAsync("/api/auth/login", """{ "email": "ann@example.com", "password": "ann's password" }""", Json);
        using var ann = _sluice.Client(login.Json.GetProperty("access_token").GetString()!);
        var lane = GatewayFixture.LaneOf(_upstream, 0);

        (await ann.CallAsync(TestedDialect.Chat, lane.Chat)).Status.ShouldBe(200);
        (await ann.CallAsync(TestedDialect.Messages, lane.Claude)).Status.ShouldBe(200);
        (await ann.PostAsync("/api/auth/logout", "")).Status.ShouldBe(204);
        (await ann.CallAsync(TestedDialect.Chat, lane.Chat)).Status.ShouldBe(401);

        var root = await nobody.PostAsync("/api/auth/login", $$"""{ "email": "root@example.com", "password": "{{Password}}" }""", Json);
        using var administrator = _sluice.Client(root.Json.GetProperty("access_token").GetString()!);
        var records = await administrator.GetAsync("/api/admin/usage/records");
        records.Status.ShouldBe(200, records.Text);
        await Eventually.ValueAsync("the account of ann's calls", async () =>
            (await administrator.GetAsync("/api/admin/usage/records")).Text.Contains(registered.Json.GetProperty("id").GetString()!, StringComparison.Ordinal) ? "yes" : null);
        _sluice.Output.ShouldNotContain(Password);
        _sluice.Output.ShouldNotContain("/setup?token=", customMessage: "there is an administrator");
    }

    private static readonly (string Name, string Value)[] Json = [("content-type", "application/json")];
}
