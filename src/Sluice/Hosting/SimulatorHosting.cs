using Sluice.Configuration;
using Sluice.Routing;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Hosting;

/// <summary>Runs the simulator in this process, on a free port of the loopback interface, when a provider of that type names no address.</summary>
internal sealed class SimulatorHosting(IConfigurationSource configuration, SimulatorAddress address, GatewayRuntime runtime) : IHostedService, IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private IAsyncDisposable? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        configuration.Changed += OnChanged;
        await StartWhereNeededAsync(configuration.Current.Config, cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        configuration.Changed -= OnChanged;
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    private void OnChanged(ConfigSnapshot snapshot) => _ = Task.Run(() => StartWhereNeededAsync(snapshot.Config, CancellationToken.None));

    private async Task StartWhereNeededAsync(SluiceConfig config, CancellationToken cancellationToken)
    {
        if (!config.Providers.Any(provider => provider is { Type: "simulator", BaseUrl: "" }))
        {
            return;
        }

        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_server is null)
            {
                (_server, address.Url) = await SimulatorInProcess.StartAsync(cancellationToken);
                runtime.Refresh();
            }
        }
        finally
        {
            _starting.Release();
        }
    }
}
