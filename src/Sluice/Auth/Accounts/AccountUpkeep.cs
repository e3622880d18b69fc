using Microsoft.Data.Sqlite;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Accounts;

/// <summary>Once an hour: ends what nobody renewed, forgets what has expired, and makes the next signing key when it is time.</summary>
internal sealed partial class AccountUpkeep(
    SessionStore sessions, AccountTokenStore oneTimeTokens, SigningKeys signingKeys, TimeProvider time, ILogger<AccountUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RunAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await sessions.PruneAsync();
            await oneTimeTokens.PruneAsync();
            if (signingKeys.Published.Count > 0)
            {
                await signingKeys.RotateAsync();
            }
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            Log.Failed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5103, LogLevel.Error, "Expired sessions could not be cleared away; the next hour tries again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
