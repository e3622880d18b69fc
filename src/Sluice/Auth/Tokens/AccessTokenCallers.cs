using System.Collections.Concurrent;
using Sluice.Auth.Accounts;
using Sluice.Configuration;
using Sluice.Limits;
using Sluice.Storage;

namespace Sluice.Auth.Tokens;

/// <summary>
/// The callers of access tokens. A token is verified once and then known by its digest, until it ends or any account changes. All
/// tokens of a user share one limiter, so that more tokens are not more calls.
/// </summary>
internal sealed class AccessTokenCallers(AccessTokens tokens, AccountDirectory accounts, MasterKey masterKey, TimeProvider time)
{
    /// <summary>More tokens than people have open at once; what is forgotten is verified again.</summary>
    private const int MostKnown = 20_000;

    private readonly ConcurrentDictionary<KeyDigest, Known> _known = new();
    private readonly ConcurrentDictionary<string, SubjectLimiter> _limiters = new(StringComparer.Ordinal);
    private long _epoch;

    /// <summary>True for what can only be a compact JWS: no key of Sluice's making begins so.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> text) => text.StartsWith("eyJ", StringComparison.Ordinal);

    /// <param name="text">At most <see cref="KeyDigest.LongestText"/> characters.</param>
    /// <param name="byKey">Finds the caller of the API key that a token was exchanged for.</param>
    public Caller? Find(ReadOnlySpan<char> text, Func<string, Caller?> byKey)
    {
        // Before anything is looked up: what changes meanwhile makes the result one of an older epoch.
        var epoch = Volatile.Read(ref _epoch);
        var digest = KeyDigest.Compute(masterKey.Pepper, text);
        if (_known.TryGetValue(digest, out var known) && known.Epoch == epoch)
        {
            return known.Caller.ExpiresAt > time.GetUtcNow() ? known.Caller : null;
        }

        Caller? made = null;
        if (tokens.Read(text, claims => (made = MakeCaller(claims, byKey)) is not null) is null)
        {
            return null;
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known[digest] = new Known(made!, epoch);
        return made;
    }

    /// <summary>Forgets what was verified: an account or a key has changed.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _epoch);
        _known.Clear();
    }

    private Caller? MakeCaller(AccessTokenClaims claims, Func<string, Caller?> byKey)
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt);
        if (!claims.SessionId.StartsWith(SessionStore.IdPrefix, StringComparison.Ordinal))
        {
            var key = byKey(claims.SessionId);
            return key is null || (key.AccountId ?? key.KeyId) != claims.Subject ? null : key.With(key.Team, end);
        }

        if (accounts.FindBySession(claims.SessionId) is not { } user || user.Id != claims.Subject)
        {
            return null;
        }

        return new Caller
        {
            KeyId = user.Id,
            KeyName = user.Email,
            User = user.Id,
            AccountId = user.Id,
            SessionId = claims.SessionId,
            Team = user.Team.Length > 0 ? user.Team : null,
            Role = user.Role,
            Scopes = KeyScopes.All,
            Models = ModelAllowList.All,
            Limiter = _limiters.GetOrAdd(user.Id, static _ => new SubjectLimiter(new LimitsConfig())),
            ExpiresAt = end,
        };
    }

    private sealed record Known(Caller Caller, long Epoch);
}
