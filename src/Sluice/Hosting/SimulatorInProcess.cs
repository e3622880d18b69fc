using Sluice.Simulator;

namespace Sluice.Hosting;

/// <summary>Starts the simulator. Apart from <see cref="SimulatorHosting"/>, so that its assembly is loaded only where it serves.</summary>
internal static class SimulatorInProcess
{
    /// <summary>Listens on a free port of the loopback interface. Returns what stops it, and its address.</summary>
    public static async Task<(IAsyncDisposable Server, string Url)> StartAsync(CancellationToken cancellationToken)
    {
        var server = await SimulatorServer.StartAsync(new SimulatorOptions(), "http://127.0.0.1:0", cancellationToken);
        return (server, server.Address.ToString());
    }
}
