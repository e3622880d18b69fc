using Sluice.Credentials;
using Sluice.Providers;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>
/// Brings credentials back that were taken out by themselves: when their time has come, a free call finds out whether they
/// work again. Credentials that work are never probed; their calls tell enough. One node does it for all.
/// </summary>
internal sealed partial class CredentialProber(
    GatewayRuntime runtime, CredentialCheck check, IProbeTurn turn, TimeProvider time, ILogger<CredentialProber> logger) : BackgroundService
{
    private const int AtATime = 4;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Probes every credential whose time has come.</summary>
    public Task ProbeDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var due = from provider in runtime.Current.Routes.Providers
                  from slot in provider.Slots
                  where slot.Health.ProbeAt <= now
                  select (provider, slot);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(due.ToList(), options, async (one, token) => await ProbeAsync(one.provider, one.slot, token));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (turn.IsMine)
                {
                    await ProbeDueAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task ProbeAsync(ProviderRuntime provider, CredentialSlot slot, CancellationToken cancellationToken)
    {
        var outcome = await check.ProbeAsync(provider, slot, cancellationToken);

        // A rate, a missing list (a server that only speaks the dialect) and the like are answers to an accepted key.
        var accepted = outcome.Ok || outcome.Failure is UpstreamFailureKind.RateLimited or UpstreamFailureKind.BadRequest;
        if (accepted)
        {
            slot.Health.Recover();
            Log.Recovered(logger, provider.Name, slot.Name);
            return;
        }

        var wait = Math.Min(provider.Config.Pool.RecoveryProbe.TotalSeconds * Math.Pow(2, slot.Health.Relapses), LongestWait.TotalSeconds);
        slot.Health.ProbeAgain(time.GetTimestamp() + (long)(wait * time.TimestampFrequency));
        Log.StillOut(logger, provider.Name, slot.Name, outcome.Message, (long)wait);
    }

    private static partial class Log
    {
        [LoggerMessage(2211, LogLevel.Information, "The credential {Credential} of {Provider} works again and is back in the pool")]
        public static partial void Recovered(ILogger logger, string provider, string credential);

        [LoggerMessage(2212, LogLevel.Information, "The credential {Credential} of {Provider} stays out, next look in {Seconds} s: {Reason}")]
        public static partial void StillOut(ILogger logger, string provider, string credential, string reason, long seconds);
    }
}
