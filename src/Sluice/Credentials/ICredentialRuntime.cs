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

/// <summary>A credential as the admin API shows it; never its secret.</summary>
internal sealed record CredentialStatus(string Provider, string Name, CredentialState State)
{
    public DateTimeOffset? Until { get; init; }
    public string? Reason { get; init; }
    public int InFlight { get; init; }
    public int ConsecutiveErrors { get; init; }
    public string? LastError { get; init; }
}

/// <summary>What a test call found.</summary>
internal sealed record CredentialTestResult(bool Ok, int Status, string Message, long LatencyMilliseconds);

/// <summary>The credentials in use, for administration. A credential is known by its provider's name and its own.</summary>
internal interface ICredentialRuntime
{
    IReadOnlyList<CredentialStatus> List();

    CredentialStatus? Find(string provider, string name);

    /// <summary>Sets ready, disabled or draining by hand; false when the credential is unknown.</summary>
    bool SetState(string provider, string name, CredentialState state, string? reason);

    /// <summary>Sends a smallest call with this credential and no other.</summary>
    Task<CredentialTestResult> TestAsync(string provider, string name, string model, CancellationToken cancellationToken);
}
