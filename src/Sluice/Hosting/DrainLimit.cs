using Sluice.Pipeline;

namespace Sluice.Hosting;

/// <summary>
/// When a stop was asked for, calls in flight run on for the drain time. What is left then is ended in its own dialect and
/// settled, before the server cuts connections.
/// </summary>
internal sealed class DrainLimit(CallWatchdog calls, IHostApplicationLifetime lifetime, TimeSpan drain, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>What the server has, after the drain time, until it cuts connections.</summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    private ITimer? _timer;
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(()
            => _timer = time.CreateTimer(static watchdog => ((CallWatchdog)watchdog!).EndAll(), calls, drain, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Dispose();
        _timer?.Dispose();
    }
}
