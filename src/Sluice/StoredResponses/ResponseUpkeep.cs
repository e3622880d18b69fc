using Microsoft.Data.Sqlite;

namespace Sluice.StoredResponses;

/// <summary>Removes answers that are too old, and brings what is kept to the disk before the service ends.</summary>
internal sealed partial class ResponseUpkeep(ResponseDirectory directory, TimeProvider time, ILogger<ResponseUpkeep> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => _ = RemoveExpiredAsync(), null, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => directory.FlushAsync().WaitAsync(cancellationToken);

    public void Dispose() => _timer?.Dispose();

    private async Task RemoveExpiredAsync()
    {
        try
        {
            await directory.RemoveExpiredAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // Busy, full, or closing; the next turn tries again, and what is too old is not found meanwhile.
            Log.RemovalFailed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4303, LogLevel.Warning, "Kept answers that are too old could not be removed")]
        public static partial void RemovalFailed(ILogger logger, Exception exception);
    }
}
