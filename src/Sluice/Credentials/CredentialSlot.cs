using Sluice.Configuration;
using Sluice.Protocol;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>A credential as one snapshot of the configuration has it, ready for the request path.</summary>
internal sealed class CredentialSlot(string provider, int index, CredentialConfig config, CredentialHealth health, UpstreamPool pool)
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; } = provider;

    /// <summary>Its place among the provider's credentials.</summary>
    public int Index { get; } = index;

    public string Name => Config.Name;

    public CredentialConfig Config { get; } = config;

    public LeaseCaps Caps { get; } = LeaseCaps.Of(config);

    public CredentialHealth Health { get; } = health;

    /// <summary>The connections to the upstream, through the credential's proxy where it has one.</summary>
    public UpstreamPool Pool { get; } = pool;

    /// <summary>The request head of each operation up to the path, and from the version on, made once; indexed by operation.</summary>
    public RequestHeadTemplate?[] Heads { get; } = new RequestHeadTemplate?[Operation.All.Count];

    /// <summary>Takes a place for a call; null when the credential is not ready, or has none left.</summary>
    public CredentialLease? TryLease(long now, CallKind kind = CallKind.Text)
        => Health.TryTake(Caps, kind, now) ? new CredentialLease(this, kind) : null;
}
