using System.Text;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>After a day's work, good and bad, no secret and no prompt stands where it should not.</summary>
public sealed class SecretLeakTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string Prompt = "prompt-canary-5f1d7c";
    private const string AddedSecret = "sk-upstream-canary-added-42";

    [Fact]
    public async Task Work_GoodAndBad_LeavesNoSecretBehind()
    {
        var lane = gateway.NextLane();
        var upstreamKey = SluiceConfigBuilder.UpstreamKey($"{lane.Name}-openai-1");
        await gateway.Admin.PostAsync("/api/admin/credentials", $$"""{"provider":"{{lane.Name}}-openai-1","name":"added","api_key":"{{AddedSecret}}"}""");
        var made = (await gateway.Admin.PostAsync("/api/admin/api-keys", """{"name":"leak-test"}""")).Json.GetProperty("key").GetString()!;
        using (var client = gateway.Sluice.Client(made))
        {
            foreach (var status in new[] { 200, 400, 401, 403, 429, 500 })
            {
                lane.First.Always(_ => status == 200
                    ? UpstreamAnswer.Json(OpenAIChatWire.Completion(Prompt))
                    : UpstreamAnswer.Json(OpenAIChatWire.Error($"key {upstreamKey} and {AddedSecret} said {Prompt}", "server_error"), status));
                await client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.ChatPair).Replace("say hello", Prompt, StringComparison.Ordinal));
                await client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat).Replace("say hello", Prompt, StringComparison.Ordinal));
                await client.PostAsync($"/v1beta/models/{lane.Gemini}:generateContent?key={made}", GeminiWire.Request(Prompt));
            }

            await client.PostAsync("/v1/chat/completions", $"{{\"model\":\"{lane.Chat}\",\"x\":\"{Prompt}\" not json");
        }

        var record = await gateway.Admin.UsageOfModelAsync(lane.Chat);
        record.Json.ToString().ShouldNotContain(Prompt);
        await gateway.Sluice.TerminateAsync();
        await gateway.Sluice.ExitAsync();

        ShouldHideAll("the output", gateway.Sluice.Output, made, upstreamKey);
        foreach (var file in Directory.EnumerateFiles(gateway.Sluice.DataFolder, "*", SearchOption.AllDirectories))
        {
            ShouldHideAll(Path.GetFileName(file), Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), made, upstreamKey);
        }
    }

    [Theory]
    [InlineData("/api/admin/credentials?limit=500")]
    [InlineData("/api/admin/providers?limit=500")]
    [InlineData("/api/admin/models?limit=500")]
    [InlineData("/api/admin/api-keys")]
    [InlineData("/api/admin/usage/records")]
    [InlineData("/metrics")]
    [InlineData("/health/detailed")]
    public async Task Get_AnyAdminAnswer_HasNoSecret(string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = GatewayFixture.Config(upstream, lanes: 2).ToYaml() });
        using var client = sluice.Client(GatewayFixture.Key);
        await client.CallAsync(TestedDialect.Chat, "gpt-lane1");
        using var admin = sluice.Administrator();

        var reply = await admin.GetAsync(path);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldNotContain("sk-upstream-canary");
        reply.Text.ShouldNotContain(GatewayFixture.Key);
        reply.Text.ShouldNotContain(SluiceProcess.DefaultAdminKey);
    }

    [Fact]
    public async Task DataFolder_AfterStart_IsTheOwnersAlone()
    {
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = "" });

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        (new DirectoryInfo(sluice.DataFolder).UnixFileMode & Others).ShouldBe(UnixFileMode.None);
        (new FileInfo(Path.Combine(sluice.DataFolder, "master.key")).UnixFileMode & Others).ShouldBe(UnixFileMode.None);
    }

    private static void ShouldHideAll(string where, string text, string madeKey, string upstreamKey)
    {
        foreach (var secret in new[] { madeKey, upstreamKey, AddedSecret, GatewayFixture.Key, SluiceProcess.DefaultAdminKey, Prompt })
        {
            text.Contains(secret, StringComparison.Ordinal).ShouldBeFalse($"{where} holds {secret}");
        }
    }
}
