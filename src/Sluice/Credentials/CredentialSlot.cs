using Sluice.Configuration;
using Sluice.Credentials.Tokens;
using Sluice.Providers;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>A credential as one snapshot of the configuration has it, ready for the request path.</summary>
internal sealed class CredentialSlot(string provider, CredentialConfig config, CredentialHealth health, UpstreamPool pool)
{
    private RequestHeads? _heads;

    /// <summary>The provider's name.</summary>
    public string Provider { get; } = provider;

    public string Name => Config.Name;

    public CredentialConfig Config { get; } = config;

    public CredentialHealth Health { get; } = health;

    /// <summary>The connections to the upstream, through the credential's proxy where it has one.</summary>
    public UpstreamPool Pool { get; } = pool;

    /// <summary>What the credential is exchanged for; null where it is its own secret.</summary>
    public CredentialAccount? Account { get; init; }

    /// <summary>Where this credential's calls go, where its account stands in the paths; null where all credentials of the provider share them.</summary>
    public UpstreamUrl? Urls { get; set; }

    /// <summary>The request heads with the secret that is current, made once for each secret.</summary>
    public RequestHeads Heads
    {
        get
        {
            // A look at a reference for each call: a token that was renewed makes new heads, and nobody has to be told.
            var token = Account?.Token.Current;
            return Volatile.Read(ref _heads) is { } heads && ReferenceEquals(heads.Token, token) ? heads : MakeHeads(token);
        }
    }

    /// <summary>True when the credential can make the call at all, ready or not.</summary>
    public bool Serves(Protocol.Operation operation) => Urls?.Has(operation) != false;

    public bool TryLease(long now) => Account?.Token.MayCall(now) != false && Health.TryLease(Config.MaxConcurrency, now);

    /// <summary>The state at a time stamp: what health says, and expired where no token can be had.</summary>
    public CredentialState StateAt(long now)
        => Health.StateAt(now) is var state && state == CredentialState.Ready && Account is { } account
            ? account.Token.IsDead(now) ? CredentialState.Expired : account.Token.MayCall(now) ? state : CredentialState.Cooling
            : state;

    /// <summary>When a credential that rests is ready again, as a time stamp; 0 when it does not rest.</summary>
    public long RestsUntil(long now) => Account is { } account && !account.Token.MayCall(now) ? Math.Max(account.Token.RetryAt, Health.CoolingUntil) : Health.CoolingUntil;

    /// <summary>Why the state is what it is; null where nothing is known.</summary>
    public string? ReasonAt(long now) => Health.Reason ?? (StateAt(now) is CredentialState.Expired or CredentialState.Cooling ? Account?.Token.Failure?.Message : null);

    private RequestHeads MakeHeads(AccessToken? token)
    {
        var heads = new RequestHeads(token);
        Volatile.Write(ref _heads, heads);
        return heads;
    }
}
