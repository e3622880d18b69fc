using Sluice.Configuration;
using Sluice.Credentials.Tokens;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Providers.Transport;

namespace Sluice.Credentials;

/// <summary>A credential as one snapshot of the configuration has it, ready for the request path.</summary>
internal sealed class CredentialSlot(string provider, int index, CredentialConfig config, CredentialHealth health, UpstreamPool pool)
{
    private RequestHeads? _heads;

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
    public bool Serves(Operation operation) => Urls?.Has(operation) != false;

    /// <summary>Takes a place for a call; null when the credential is not ready, or has none left.</summary>
    public CredentialLease? TryLease(long now, CallKind kind = CallKind.Text)
        => Account?.Token.MayCall(now) != false && Health.TryTake(Caps, kind, now) ? new CredentialLease(this, kind) : null;

    /// <summary>The state at a time stamp: what health says, and expired or at rest where no token can be had.</summary>
    public CredentialStanding At(long now)
    {
        var standing = Health.At(now);
        if (standing.State != CredentialState.Ready || Account?.Token is not { Failure: { } failure } token)
        {
            return standing;
        }

        return token.IsDead(now) ? new(CredentialState.Expired, token.RetryAt, failure.Message, ForRate: false)
            : token.MayCall(now) ? standing
            : new(CredentialState.Cooling, token.RetryAt, failure.Message, ForRate: false);
    }

    private RequestHeads MakeHeads(AccessToken? token)
    {
        var heads = new RequestHeads(token);
        Volatile.Write(ref _heads, heads);
        return heads;
    }
}
