using Sluice.Providers.Quota;

namespace Sluice.Credentials;

internal enum CredentialState
{
    Ready,

    /// <summary>Rests until a time, after a 429 or an overload.</summary>
    Cooling,

    /// <summary>A quota window is used up until a time.</summary>
    Limited,

    /// <summary>The secret is no longer accepted.</summary>
    Expired,
    Disabled,

    /// <summary>Finishes what it has and takes nothing new.</summary>
    Draining,
}

/// <summary>A quota window as administration shows it.</summary>
/// <param name="Kind">What it counts.</param>
/// <param name="Limit">What it allows; null when not told.</param>
/// <param name="Remaining">What was left when it was last told; null when not told.</param>
/// <param name="ResetsAt">When it is whole again; null when not told.</param>
internal sealed record QuotaWindowStatus(QuotaKind Kind, long? Limit, long? Remaining, DateTimeOffset? ResetsAt);

/// <summary>A credential as the admin API shows it; never its secret.</summary>
internal sealed record CredentialStatus(string Provider, string Name, CredentialState State)
{
    /// <summary>When the state ends by itself; null when it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    public string? Reason { get; init; }
    public int InFlight { get; init; }
    public int ConsecutiveErrors { get; init; }
    public string? LastError { get; init; }

    /// <summary>When a free call is to find out whether it works again; null when none is planned.</summary>
    public DateTimeOffset? ProbeAt { get; init; }

    public IReadOnlyList<QuotaWindowStatus> Windows { get; init; } = [];

    /// <summary>What the account has left, where the vendor tells it.</summary>
    public AccountBalance? Balance { get; init; }
}

/// <summary>What a test call found.</summary>
internal sealed record CredentialTestResult(bool Ok, int Status, string Message, long LatencyMilliseconds);

/// <summary>What became of the wish to fetch a new token.</summary>
/// <param name="Outcome">Which it was.</param>
/// <param name="Fault">Why none was fetched, for a person; null unless that failed.</param>
internal readonly record struct CredentialRefresh(RefreshOutcome Outcome, string? Fault = null)
{
    /// <summary>A new token is in use.</summary>
    public static CredentialRefresh Refreshed => new(RefreshOutcome.Refreshed);

    /// <summary>The credential is a key that stays as it is.</summary>
    public static CredentialRefresh NothingToRefresh => new(RefreshOutcome.NothingToRefresh);

    /// <summary>No credential has this name.</summary>
    public static CredentialRefresh Unknown => new(RefreshOutcome.Unknown);

    /// <summary>Whoever gives the tokens gave none.</summary>
    public static CredentialRefresh Failed(string fault) => new(RefreshOutcome.Failed, fault);
}

internal enum RefreshOutcome
{
    Refreshed,
    NothingToRefresh,
    Unknown,
    Failed,
}

/// <summary>The credentials in use, for administration. A credential is known by its provider's name and its own.</summary>
internal interface ICredentialRuntime
{
    IReadOnlyList<CredentialStatus> List();

    CredentialStatus? Find(string provider, string name);

    /// <summary>Sets ready, disabled or draining by hand; false when the credential is unknown.</summary>
    bool SetState(string provider, string name, CredentialState state, string? reason);

    /// <summary>Sends a smallest call with this credential and no other; without a model the vendor's free call, where it has one.</summary>
    Task<CredentialTestResult> TestAsync(string provider, string name, string? model, CancellationToken cancellationToken);

    /// <summary>Fetches a new token for a credential that has one.</summary>
    Task<CredentialRefresh> RefreshAsync(string provider, string name, CancellationToken cancellationToken);
}

/// <summary>Says whether this node makes the free calls that bring credentials back: one node does, not each.</summary>
internal interface IProbeTurn
{
    bool IsMine { get; }
}

/// <summary>A process that is alone.</summary>
internal sealed class AlwaysMyTurn : IProbeTurn
{
    public bool IsMine => true;
}
