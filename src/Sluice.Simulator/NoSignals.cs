using Microsoft.Extensions.Hosting;

namespace Sluice.Simulator;

/// <summary>
/// Takes no signals. The host's own lifetime would catch SIGTERM and stop the simulator at once, while the gateway around it
/// still drains the streams that the simulator feeds.
/// </summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
