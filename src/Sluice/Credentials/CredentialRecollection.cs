namespace Sluice.Credentials;

/// <summary>What is kept of a credential's state across restarts. Times are time stamps of this process.</summary>
internal sealed record CredentialRecollection
{
    /// <summary>Ready, or what it was taken out for by itself; what was set by hand is kept with the configuration.</summary>
    public CredentialState Held { get; init; }

    public string? HeldReason { get; init; }

    /// <summary><see cref="long.MaxValue"/> when a probe must end it.</summary>
    public long HeldUntil { get; init; }

    public long ProbeAt { get; init; } = long.MaxValue;
    public long LimitedUntil { get; init; }
    public string? LimitedReason { get; init; }
    public long CoolingUntil { get; init; }
    public bool CoolingForRate { get; init; }
    public int ConsecutiveErrors { get; init; }
    public int Rejections { get; init; }
    public int Relapses { get; init; }
    public string? LastError { get; init; }
}
