using Sluice.Simulator;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>
/// The real service before simulated vendors: <c>vendor</c> keeps answers itself, <c>chat</c>, <c>claude</c>, <c>gemini</c> and
/// <c>thin</c> (Responses without a memory) keep nothing; <c>pool</c> is a scripted vendor with two accounts.
/// </summary>
public sealed class StoredResponseFixture : IAsyncLifetime, IDisposable
{
    public const string Key = "sk-client-stored-0123456789abcdef";

    /// <summary>Another caller.</summary>
    public const string OtherKey = "sk-client-stored-other-0123456789";

    /// <summary>May spend almost nothing.</summary>
    public const string PoorKey = "sk-client-stored-poor-0123456789";

    public const int MaxBytes = 200_000;

    private SimulatorServer _simulator = null!;
    private TempFolder _folder = null!;

    /// <summary>The models whose vendors keep nothing.</summary>
    public static TheoryData<string> Forgetful => ["chat/sim-small", "claude/sim-small", "gemini/sim-small", "thin/sim-small"];

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public UpstreamLane Pool => Upstream.Lane("pool");

    public UpstreamLane Work => Upstream.Lane("work");

    public SluiceProcess Sluice { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _folder = new TempFolder();
        Upstream = await ScriptedUpstream.StartAsync();
        _simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), "http://127.0.0.1:0", CancellationToken.None);
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Sluice.DisposeAsync();
        await _simulator.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Stops the service as an operator does, and starts it on the same folder.</summary>
    public async Task RestartAsync()
    {
        await Sluice.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync()
        => Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = Config(), Folder = _folder });

    private string Config()
    {
        var simulator = _simulator.Address.ToString().TrimEnd('/');
        return $$"""
            server: { detached_drain: 3s, drain_seconds: 2 }
            responses: { max_bytes: {{MaxBytes}} }
            providers:
              - { name: vendor, type: openai, base_url: "{{simulator}}/v1", credentials: [ { name: k1, api_key: sk-sim-1 } ] }
              - { name: chat, type: openai-compatible, base_url: "{{simulator}}/v1", credentials: [ { name: k1, api_key: sk-sim-2 } ] }
              - { name: claude, type: anthropic, base_url: "{{simulator}}", credentials: [ { name: k1, api_key: sk-sim-3 } ] }
              - { name: gemini, type: gemini, base_url: "{{simulator}}", credentials: [ { name: k1, api_key: sk-sim-4 } ] }
              - { name: thin, type: openai-compatible, base_url: "{{simulator}}/v1", dialects: [openai-responses], credentials: [ { name: k1, api_key: sk-sim-5 } ] }
              - { name: pool, type: openai, base_url: "{{Pool.OpenAIBaseUrl}}", credentials: [ { name: a, api_key: sk-pool-a }, { name: b, api_key: sk-pool-b } ] }
              - { name: work, type: openai, base_url: "{{Work.OpenAIBaseUrl}}", credentials: [ { name: k1, api_key: sk-work } ] }
            models:
              - { name: mixed, targets: [ { provider: chat, model: sim-small }, { provider: vendor, model: sim-small, priority: 2 } ] }
              - { name: priced, targets: [ { provider: chat, model: sim-small, price: { input: 1000, output: 1000 } } ] }
              - { name: worker, targets: [ { provider: work, model: gpt-work, price: { input: 1, output: 10 } } ] }
            keys:
              - { name: mine, key: "{{Key}}" }
              - { name: theirs, key: "{{OtherKey}}" }
              - { name: poor, key: "{{PoorKey}}", budget: { usd: 0.000001, per: total } }
            """;
    }
}
