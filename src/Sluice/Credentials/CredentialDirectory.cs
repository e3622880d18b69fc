using System.Collections.Concurrent;
using Sluice.Configuration;
using Sluice.Credentials.Tokens;
using Sluice.Providers;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>Keeps the health of every credential by provider and name, and makes the slots of a snapshot around it.</summary>
internal sealed class CredentialDirectory(UpstreamTransport transport, TokenDirectory tokens)
{
    private readonly ConcurrentDictionary<(string Provider, string Name), Entry> _entries = new();

    /// <summary>The slots of a provider: one per credential, or a single one without a secret where the vendor needs none.</summary>
    public CredentialSlot[] Slots(ProviderConfig config, IProvider provider, string baseUrl)
    {
        var origin = new Uri(baseUrl, UriKind.Absolute);
        IReadOnlyList<CredentialConfig> credentials = config.Credentials;
        if (credentials.Count == 0 && !provider.Descriptor.RequiresCredential)
        {
            credentials = [new CredentialConfig { Name = "none" }];
        }

        var slots = new CredentialSlot[credentials.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            var credential = credentials[i];
            var proxy = credential.Proxy.Length == 0 ? null : new Uri(credential.Proxy, UriKind.Absolute);
            var pool = transport.Pool(UpstreamOrigin.Of(origin, proxy));
            slots[i] = new CredentialSlot(config.Name, credential, HealthOf(config.Name, credential), pool) { Account = tokens.AccountOf(config, credential) };
        }

        return slots;
    }

    public CredentialHealth? Find(string provider, string name)
        => _entries.TryGetValue((provider, name), out var entry) ? entry.Health : null;

    private CredentialHealth HealthOf(string provider, CredentialConfig credential)
    {
        // A new secret under an old name is a new credential: what was held against the old one does not count.
        var entry = _entries.AddOrUpdate(
            (provider, credential.Name),
            static (_, now) => new Entry(now),
            static (_, old, now) => old.Secret.Equals(now) ? old : new Entry(now),
            credential.IsExchanged ? credential.KeyFile : credential.ApiKey);

        // Only a change of the setting acts, so that a reload does not undo what was set by hand since.
        if (credential.Disabled != entry.Disabled)
        {
            entry.Disabled = credential.Disabled;
            if (!credential.Disabled)
            {
                entry.Health.Set(CredentialState.Ready, null);
            }
            else if (entry.Health.StateAt(long.MaxValue) == CredentialState.Ready)
            {
                entry.Health.Set(CredentialState.Disabled, "by an administrator");
            }
        }

        return entry.Health;
    }

    private sealed class Entry(Secret secret)
    {
        public Secret Secret { get; } = secret;

        public CredentialHealth Health { get; } = new();

        /// <summary>What the configuration said last.</summary>
        public bool Disabled { get; set; }
    }
}
