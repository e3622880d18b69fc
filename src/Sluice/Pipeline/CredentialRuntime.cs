using Sluice.Credentials;
using Sluice.Credentials.Tokens;
using Sluice.Providers.Quota;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>The credentials of the snapshot in force, for administration: their state, and a test call.</summary>
internal sealed class CredentialRuntime(GatewayRuntime runtime, CredentialCheck check, ITokenRefresher tokens, TimeProvider time) : ICredentialRuntime
{
    public IReadOnlyList<CredentialStatus> List()
        => [.. runtime.Current.Routes.Providers.SelectMany(provider => provider.Slots.Select(StatusOf))];

    public CredentialStatus? Find(string provider, string name) => FindSlot(provider, name) is { } found ? StatusOf(found.Slot) : null;

    public bool SetState(string provider, string name, CredentialState state, string? reason)
    {
        if (FindSlot(provider, name) is not { } found)
        {
            return false;
        }

        found.Slot.Health.Set(state, reason);
        return true;
    }

    public async Task<CredentialTestResult> TestAsync(string provider, string name, string? model, CancellationToken cancellationToken)
    {
        if (FindSlot(provider, name) is not { } found)
        {
            return new CredentialTestResult(false, 0, "The credential is not in use: its provider is not configured, or is of a type that this version does not serve.", 0);
        }

        var started = time.GetTimestamp();
        var outcome = model is null
            ? await check.ProbeAsync(found.Provider, found.Slot, cancellationToken)
            : await check.CallAsync(found.Provider, found.Slot, model, cancellationToken);
        return new CredentialTestResult(outcome.Ok, outcome.Status, outcome.Message, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    public async Task<CredentialRefresh> RefreshAsync(string provider, string name, CancellationToken cancellationToken)
    {
        if (FindSlot(provider, name) is null)
        {
            return CredentialRefresh.Unknown;
        }

        var refreshed = await tokens.RefreshAsync(provider, name, cancellationToken);
        return !refreshed.HasToken ? CredentialRefresh.NothingToRefresh
            : refreshed.Failure is { } failure ? CredentialRefresh.Failed(failure.Message)
            : CredentialRefresh.Refreshed;
    }

    private (ProviderRuntime Provider, CredentialSlot Slot)? FindSlot(string provider, string name)
        => runtime.Current.Routes.Providers.FirstOrDefault(one => one.Name == provider) is { } owner
            && owner.Slots.FirstOrDefault(slot => slot.Name == name) is { } slot
                ? (owner, slot)
                : null;

    private CredentialStatus StatusOf(CredentialSlot slot)
    {
        var now = time.GetTimestamp();
        var health = slot.Health;
        var standing = slot.At(now);
        return new CredentialStatus(slot.Provider, slot.Name, standing.State)
        {
            Until = TimeOf(standing.Until, now),
            Reason = standing.Reason,
            InFlight = health.InFlight,
            ConsecutiveErrors = health.ConsecutiveErrors,
            LastError = health.LastError,
            ProbeAt = TimeOf(health.ProbeAt, now),
            Windows = [.. health.Windows.At(now).Select(window => new QuotaWindowStatus(window.Kind, Told(window.Limit), Told(window.Remaining), TimeOf(window.ResetAt, now)))],
            Balance = health.Windows.Balance as AccountBalance?,
        };
    }

    private static long? Told(long number) => number < 0 ? null : number;

    private DateTimeOffset? TimeOf(long stamp, long now) => stamp is 0 or long.MaxValue ? null : time.GetUtcNow() + time.GetElapsedTime(now, stamp);
}
