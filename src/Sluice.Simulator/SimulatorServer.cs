using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sluice.Simulator;

/// <summary>A small web server of its own with nothing but the simulator: in process on a loopback port, or alone.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private const long MaxRequestBytes = 64L * 1024 * 1024;
    private readonly WebApplication _app;

    private SimulatorServer(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Where it listens: the first address, with the port that was given to it.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="options">How the simulator behaves.</param>
    /// <param name="urls">Semicolon-separated addresses, such as <c>http://127.0.0.1:0</c> for a free port.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, string urls, CancellationToken cancellationToken)
    {
        // The empty builder reads no files and no environment: what the gateway's own host is told does not reach this one.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        });
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, NoSignals>();
        var app = builder.Build();
        try
        {
            app.UseWebSockets();
            app.MapSimulator(options);
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new SimulatorServer(app, new Uri(addresses.First()));
    }

    /// <summary>Stops at once: open calls are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
