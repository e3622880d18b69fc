using Sluice.Simulator;
using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>
/// The real service before a simulator that it takes for four vendors, one for each dialect, so that a client of any other
/// dialect is translated.
/// </summary>
public sealed class TranslatedSimulatorFixture : IAsyncLifetime
{
    public const string Key = "sk-client-translated-0123456789";

    private SimulatorServer? _simulator;

    public SluiceProcess Sluice { get; private set; } = null!;

    /// <summary>The model behind the vendor of a dialect: <c>chat</c>, <c>responses</c>, <c>messages</c> or <c>gemini</c>.</summary>
    public static string ModelOf(string vendor) => $"{vendor}/sim-small";

    public async Task InitializeAsync()
    {
        _simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), "http://127.0.0.1:0", CancellationToken.None);
        var root = _simulator.Address.ToString().TrimEnd('/');
        var config = new SluiceConfigBuilder()
            .Provider("chat", "openai-compatible", $"{root}/v1")
            .Provider("responses", "openai-compatible", $"{root}/v1", "dialects: [openai-responses]")
            .Provider("messages", "anthropic", root)
            .Provider("gemini", "gemini", root)
            .Key("everything", Key);
        Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml() });
    }

    public async Task DisposeAsync()
    {
        await Sluice.DisposeAsync();
        await _simulator!.DisposeAsync();
    }
}
