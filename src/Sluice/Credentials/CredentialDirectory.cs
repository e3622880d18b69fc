using System.Collections.Concurrent;
using Sluice.Configuration;
using Sluice.Credentials.Tokens;
using Sluice.Providers;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>Keeps the health of every credential by provider and name, and makes the slots of a snapshot around it.</summary>
/// <param name="transport">The connections.</param>
/// <param name="tokens">What credentials are exchanged for.</param>
/// <param name="time">The clock of the pulses.</param>
/// <param name="memory">What an earlier process has left; null keeps nothing across restarts.</param>
internal sealed class CredentialDirectory(UpstreamTransport transport, TokenDirectory tokens, TimeProvider time, CredentialMemory? memory = null)
{
    private readonly ConcurrentDictionary<(string Provider, string Name), Entry> _entries = new();
    private readonly ConcurrentDictionary<string, PoolPulse> _pulses = new(StringComparer.Ordinal);

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
            slots[i] = new CredentialSlot(config.Name, i, credential, HealthOf(config.Name, credential), pool) { Account = tokens.AccountOf(config, credential) };
        }

        return slots;
    }

    public CredentialHealth? Find(string provider, string name)
        => _entries.TryGetValue((provider, name), out var entry) ? entry.Health : null;

    /// <summary>When calls of a provider last got through.</summary>
    public PoolPulse PulseOf(string provider)
        => _pulses.TryGetValue(provider, out var pulse) ? pulse : _pulses.GetOrAdd(provider, static (_, time) => new PoolPulse(time), time);

    private CredentialHealth HealthOf(string provider, CredentialConfig credential)
    {
        var secret = SecretOf(credential);

        // A new secret under an old name is a new credential: what was held against the old one does not count.
        var entry = _entries.AddOrUpdate(
            (provider, credential.Name),
            static (key, now) => Make(key, now.secret, now.memory),
            static (key, old, now) => old.Secret.Equals(now.secret) ? old : Make(key, now.secret, now.memory),
            (secret, memory));

        // Only a change of the setting acts, so that a reload does not undo what was set by hand since.
        if (credential.Disabled != entry.Disabled)
        {
            entry.Disabled = credential.Disabled;
            if (!credential.Disabled)
            {
                entry.Health.Set(CredentialState.Ready, null);
            }
            else if (entry.Health.StateAt(long.MaxValue - 1) == CredentialState.Ready)
            {
                entry.Health.Set(CredentialState.Disabled, "by an administrator");
            }
        }

        return entry.Health;
    }

    private static Entry Make((string Provider, string Name) key, Secret secret, CredentialMemory? memory)
    {
        var health = new CredentialHealth();
        memory?.Attach(key.Provider, key.Name, secret, health);
        return new Entry(secret, health);
    }

    /// <summary>What makes the credential the one it is.</summary>
    private static Secret SecretOf(CredentialConfig credential)
        => !credential.ApiKey.IsEmpty ? credential.ApiKey
            : !credential.KeyFile.IsEmpty ? credential.KeyFile
            : new Secret(credential.ServiceAccountFile);

    private sealed class Entry(Secret secret, CredentialHealth health)
    {
        public Secret Secret { get; } = secret;

        public CredentialHealth Health { get; } = health;

        /// <summary>What the configuration said last.</summary>
        public bool Disabled { get; set; }
    }
}
