namespace Sluice.Routing;

/// <summary>
/// Makes the routes again when a new day begins (UTC): prices change and models retire on a day that the vendor announced,
/// and a process may run for months without a change of its configuration.
/// </summary>
internal sealed class CalendarRefresh(GatewayRuntime runtime, TimeProvider time) : IHostedService, IDisposable
{
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static self => ((CalendarRefresh)self!).OnNewDay(), this, UntilTomorrow(), Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void OnNewDay()
    {
        runtime.Refresh();
        _timer?.Change(UntilTomorrow(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>To the first second of the next day, so that a clock that is a little behind has seen it begin.</summary>
    private TimeSpan UntilTomorrow()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return now.Date.AddDays(1).AddSeconds(1) - now;
    }
}
