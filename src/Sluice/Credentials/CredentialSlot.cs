using Sluice.Configuration;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>A credential as one snapshot of the configuration has it, ready for the request path.</summary>
internal sealed class CredentialSlot(string provider, CredentialConfig config, CredentialHealth health, UpstreamPool pool)
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; } = provider;

    public string Name => Config.Name;

    public CredentialConfig Config { get; } = config;

    public CredentialHealth Health { get; } = health;

    /// <summary>The connections to the upstream, through the credential's proxy where it has one.</summary>
    public UpstreamPool Pool { get; } = pool;

    /// <summary>The request head of each operation up to the path, and from the version on, made once; indexed by operation.</summary>
    public RequestHeadTemplate?[] Heads { get; } = new RequestHeadTemplate?[Protocol.Operation.All.Count];

    public bool TryLease(long now) => Health.TryLease(Config.MaxConcurrency, now);
}
