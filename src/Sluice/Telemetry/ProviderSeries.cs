using Sluice.Providers;

namespace Sluice.Telemetry;

/// <summary>The upstream attempts of one provider. Several are made for a call that fails over.</summary>
internal sealed class ProviderSeries(string name)
{
    /// <summary>The value of the label <c>kind</c>, by <see cref="UpstreamFailureKind"/>.</summary>
    public static readonly string[] KindLabels =
    [
        "bad_request", "credential_rejected", "out_of_credit", "rate_limited", "overloaded", "server_error",
        "connect_failed", "timeout", "protocol_error", "token_unavailable",
    ];

    private readonly long[] _failures = new long[KindLabels.Length];
    private long _attempts;

    /// <summary>The provider's name in the configuration; empty for calls that reached none.</summary>
    public string Name { get; } = name;

    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Failed attempts by <see cref="UpstreamFailureKind"/>.</summary>
    public ReadOnlySpan<long> Failures => _failures;

    public void AttemptStarted() => Interlocked.Increment(ref _attempts);

    public void AttemptFailed(UpstreamFailureKind kind) => Interlocked.Increment(ref _failures[(int)kind]);
}
