using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Google;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service with the simulator and two Google accounts, for clients that are virtual service accounts.</summary>
public sealed class GoogleTokenFixture : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private SluiceStart _start = new();

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public VertexUpstream Vertex { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    public GatewayClient Anyone { get; private set; } = null!;

    public GatewayClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Vertex = new VertexUpstream(Upstream.Lane("vertex"));
        string Credential(string name, string project) => $"{{ name: {name}, service_account_json: {JsonSerializer.Serialize(Vertex.Account(project).KeyFile)} }}";
        var config = new SluiceConfigBuilder()
            .Provider("sim", "simulator", "")
            .Provider("vx", "vertex", Vertex.BaseUrl, [Credential("one", "proj-one"), Credential("two", "proj-two")], "location: europe-west1")
            .Model("gemini-test", SluiceConfigBuilder.Target("vx", "gemini-test"))
            .Model("sim-small", SluiceConfigBuilder.Target("sim", "sim-small", price: "input: 1000000, output: 1000000"))
            .Model("sim-large", SluiceConfigBuilder.Target("sim", "sim-large"))
            .Key("plain", "sk-client-canary-plain-0123456789");
        _start = new SluiceStart { Config = config.ToYaml().Replace("base_url: \"\", ", "", StringComparison.Ordinal).Replace("credentials: [ { name: \"k1\", api_key: \"sk-upstream-canary-sim\" } ]", "credentials: []", StringComparison.Ordinal), Folder = _folder };
        await StartAsync();
    }

    /// <summary>Stops the service and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await Upstream.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task StartAsync()
    {
        Sluice = await SluiceProcess.StartAsync(_start);
        Anyone = new GatewayClient(Sluice.Address);
        Admin = Sluice.Administrator();
    }

    private async Task StopAsync()
    {
        Anyone.Dispose();
        Admin.Dispose();
        await Sluice.DisposeAsync();
    }
}
