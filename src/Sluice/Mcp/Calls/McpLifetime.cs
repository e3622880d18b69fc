using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Mcp.Calls;

/// <summary>The end of the service as <c>/mcp</c> sees it: open streams end when a stop is asked for, calls when the drain time is over.</summary>
internal sealed class McpLifetime : IDisposable
{
    private readonly IHostApplicationLifetime _lifetime;
    private readonly CancellationTokenSource _drained = new();
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _timer;

    public McpLifetime(IHostApplicationLifetime lifetime, IConfigurationSource configuration, TimeProvider time)
    {
        _lifetime = lifetime;
        _stopping = lifetime.ApplicationStopping.Register(() => _timer = time.CreateTimer(
            static drained => ((CancellationTokenSource)drained!).Cancel(), _drained,
            TimeSpan.FromSeconds(configuration.Current.Config.Server.DrainSeconds), Timeout.InfiniteTimeSpan));
    }

    /// <summary>Cancelled when a stop is asked for.</summary>
    public CancellationToken Stopping => _lifetime.ApplicationStopping;

    /// <summary>Cancelled when calls may run no longer.</summary>
    public CancellationToken Drained => _drained.Token;

    public void Dispose()
    {
        _stopping.Dispose();
        _timer?.Dispose();
    }
}
