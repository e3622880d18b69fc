using System.Text.RegularExpressions;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>A changed <c>sluice.yaml</c> takes effect at once and as a whole, or not at all.</summary>
public sealed class HotReloadTests : IAsyncLifetime
{
    private const string LaterKey = "sk-client-later-0123456789";

    private ScriptedUpstream _upstream = null!;
    private SluiceProcess _sluice = null!;
    private GatewayClient _client = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _upstream.Lane("up");
        _sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = Config("first") });
        _client = _sluice.Client(GatewayFixture.Key);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _sluice.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Reload_NewModelAndKey_ServeWithoutARestart()
    {
        (await CallAsync("second")).ShouldBe(404);

        await File.WriteAllTextAsync(_sluice.ConfigFile, Config("second", LaterKey));

        await BecomesAsync("second", 200);
        (await CallAsync("first")).ShouldBe(404);
        using var later = _sluice.Client(LaterKey);
        (await later.CallAsync(TestedDialect.Chat, "second")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Reload_FileReplacedByRename_IsNoticed()
    {
        // Editors and configuration tools write a new file and rename it over the old one.
        var next = _sluice.ConfigFile + ".next";
        await File.WriteAllTextAsync(next, Config("second"));
        File.Move(next, _sluice.ConfigFile, overwrite: true);
        await BecomesAsync("second", 200);

        await File.WriteAllTextAsync(next, Config("third"));
        File.Move(next, _sluice.ConfigFile, overwrite: true);
        await BecomesAsync("third", 200);
    }

    [Fact]
    public async Task Reload_KeyTakenAway_IsRefused()
    {
        using var later = _sluice.Client(LaterKey);
        await File.WriteAllTextAsync(_sluice.ConfigFile, Config("first", LaterKey));
        await Eventually.ValueAsync("the new key", async () => (await later.CallAsync(TestedDialect.Chat, "first")) is { Status: 200 } r ? r : null);

        await File.WriteAllTextAsync(_sluice.ConfigFile, Config("first"));

        await Eventually.ValueAsync("the key's end", async () => (await later.CallAsync(TestedDialect.Chat, "first")) is { Status: 401 } r ? r : null);
    }

    [Theory]
    [InlineData("providers: [ {")]
    [InlineData("provders: []\n")]
    [InlineData("models:\n  - { name: second, targets: [ { provider: no-such-provider, model: m } ] }\n")]
    [InlineData("server: { drain_seconds: soon }\n")]
    public async Task Reload_BadFile_OldOneStaysInForce(string text)
    {
        await File.WriteAllTextAsync(_sluice.ConfigFile, text);
        await Eventually.HoldsAsync("a complaint about the file", () => Regex.IsMatch(_sluice.Output, "sluice\\.yaml:[0-9]+"));
        (await CallAsync("first")).ShouldBe(200);

        await File.WriteAllTextAsync(_sluice.ConfigFile, Config("second"));
        await BecomesAsync("second", 200);
    }

    [Fact]
    public async Task Reload_WhileAStreamRuns_TheStreamGoesOn()
    {
        var gate = new TaskCompletionSource();
        _upstream.Lane("up").Once(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")).Hold(gate.Task).Send(OpenAIChatWire.Finish()).Send(OpenAIChatWire.Done));
        await using var stream = await _client.StreamAsync(TestedDialect.Chat, "first");
        await stream.ReadUntilAsync("Hello");

        await File.WriteAllTextAsync(_sluice.ConfigFile, Config("second"));
        await BecomesAsync("second", 200);
        gate.SetResult();

        (await stream.ReadToEndAsync()).Events[^1].IsDone.ShouldBeTrue();
    }

    [Theory]
    [InlineData("provders: []\n", "providers")]
    [InlineData("server: { drain_second: 5 }\n", "drain_seconds")]
    [InlineData("providers:\n  - { name: p, type: opnai, base_url: \"http://127.0.0.1:1/v1\" }\n", "openai")]
    [InlineData("keys:\n  - { name: k, key: \"x\", limits: { rpm: many } }\n", "rpm")]
    public async Task Validate_WrongFile_NamesLineReasonAndNearestName(string text, string hint)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("sluice.yaml"), text);

        var (exit, output, error) = await SluiceProcess.RunAsync(["config", "validate", "--config", folder.File("sluice.yaml")], folder.Path);

        exit.ShouldNotBe(0);
        var said = output + error;
        said.ShouldContain("sluice.yaml");
        said.ShouldContain(hint);
        said.ShouldMatch("[:( ]([12])[:,) ]");
    }

    private string Config(string model, string? more = null)
    {
        var config = new SluiceConfigBuilder()
            .Provider("up", "openai", _upstream.Lane("up").OpenAIBaseUrl)
            .Model(model, SluiceConfigBuilder.Target("up", "m"))
            .Key("k", GatewayFixture.Key);
        return (more is null ? config : config.Key("more", more)).ToYaml();
    }

    private async Task<int> CallAsync(string model) => (await _client.CallAsync(TestedDialect.Chat, model)).Status;

    private async Task BecomesAsync(string model, int status)
        => await Eventually.ValueAsync($"{status} for {model}", async () => await CallAsync(model) == status ? "yes" : null, TimeSpan.FromSeconds(10));
}
