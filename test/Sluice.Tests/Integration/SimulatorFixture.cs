using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>The real service before its own simulator, as a first run has it, with two keys.</summary>
public sealed class SimulatorFixture : IAsyncLifetime
{
    public const string Key = "sk-client-simulated-0123456789";

    /// <summary>May use <c>sim-small</c> and nothing else.</summary>
    public const string NarrowKey = "sk-client-simulated-narrow-0123456789";

    private const string Config = $$"""
        providers:
          - { name: sim, type: simulator }
        keys:
          - { name: full, key: "{{Key}}" }
          - { name: narrow, key: "{{NarrowKey}}", models: ["sim-small"] }
        """;

    public SluiceProcess Sluice { get; private set; } = null!;

    public async Task InitializeAsync() => Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = Config });

    public async Task DisposeAsync() => await Sluice.DisposeAsync();
}
