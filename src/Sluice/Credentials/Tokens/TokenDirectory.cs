using Sluice.Configuration;
using Sluice.Providers.Transport;
using Sluice.Providers.Vertex;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Credentials.Tokens;

/// <summary>
/// The tokens of every credential that is exchanged for some, by provider and name. A reload keeps them; another key, token
/// server or proxy is another credential; one that is gone fetches no more.
/// </summary>
internal sealed class TokenDirectory(UpstreamTransport transport, TimeProvider time, ILogger<CredentialToken> logger) : ITokenRefresher, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Provider, string Name), Entry> _entries = [];
    private IConfigurationSource? _configuration;

    /// <summary>Drops the tokens of credentials that a new configuration does not name any more.</summary>
    public void Follow(IConfigurationSource configuration)
    {
        _configuration = configuration;
        configuration.Changed += OnChanged;
    }

    /// <summary>The token of a credential, and the project that it calls in; null for one that is its own secret.</summary>
    public CredentialAccount? AccountOf(ProviderConfig provider, CredentialConfig credential)
    {
        if (!credential.IsExchanged)
        {
            return null;
        }

        var identity = new Identity(credential.KeyFile, credential.KeyFileError, credential.TokenUri, credential.Proxy, provider.RefreshEarly);
        lock (_lock)
        {
            var at = (provider.Name, credential.Name);
            if (_entries.TryGetValue(at, out var entry))
            {
                if (entry.Identity == identity)
                {
                    return entry.Account;
                }

                entry.Account.Token.Dispose();
            }

            var account = Make(provider, credential);
            _entries[at] = new Entry(identity, account);
            return account;
        }
    }

    public async Task<RefreshResult> RefreshAsync(string provider, string name, CancellationToken cancellationToken)
    {
        CredentialToken? token;
        lock (_lock)
        {
            token = _entries.TryGetValue((provider, name), out var entry) ? entry.Account.Token : null;
        }

        return token is null ? default : new RefreshResult(true, await token.RefreshAsync(cancellationToken));
    }

    public void Dispose()
    {
        if (_configuration is { } configuration)
        {
            configuration.Changed -= OnChanged;
        }

        lock (_lock)
        {
            foreach (var entry in _entries.Values)
            {
                entry.Account.Token.Dispose();
            }

            _entries.Clear();
        }
    }

    private CredentialAccount Make(ProviderConfig provider, CredentialConfig credential)
    {
        var error = credential.KeyFileError;
        var key = error.Length > 0 ? null : ServiceAccountKey.Parse(credential.KeyFile.Reveal(), credential.TokenUri, out error);
        ITokenExchange exchange = key is null
            ? new UnusableKeyFile(error!)
            : new ServiceAccountExchange(key, transport.Pool(UpstreamOrigin.Of(key.TokenUri, ProxyOf(credential))), time);
        var token = new CredentialToken($"{provider.Name}/{credential.Name}", exchange, provider.RefreshEarly, time, logger);
        if (key is null)
        {
            // So that lists and the log say at once what the first call would find.
            _ = token.RefreshAsync(CancellationToken.None);
        }

        return new CredentialAccount(token, key?.ProjectId ?? "");
    }

    private static Uri? ProxyOf(CredentialConfig credential) => credential.Proxy.Length == 0 ? null : new Uri(credential.Proxy, UriKind.Absolute);

    private void OnChanged(ConfigSnapshot snapshot)
    {
        var named = snapshot.Config.Providers
            .SelectMany(provider => provider.Credentials.Where(one => one.IsExchanged).Select(credential => (provider.Name, credential.Name)))
            .ToHashSet();
        lock (_lock)
        {
            foreach (var gone in _entries.Keys.Where(key => !named.Contains(key)).ToList())
            {
                _entries.Remove(gone, out var entry);
                entry!.Account.Token.Dispose();
            }
        }
    }

    private sealed record Identity(Secret KeyFile, string Error, string TokenUri, string Proxy, TimeSpan? Early);

    private sealed record Entry(Identity Identity, CredentialAccount Account);
}

/// <summary>What a credential is exchanged for, and whose it is.</summary>
/// <param name="Token">The access token.</param>
/// <param name="Project">The project that calls are made in; empty where the key file names none.</param>
internal sealed record CredentialAccount(CredentialToken Token, string Project);
