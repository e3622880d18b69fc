using System.Collections.Concurrent;
using Sluice.Credentials;
using Sluice.Limits;
using Sluice.Storage;

namespace Sluice.Auth.Google;

/// <summary>
/// Every virtual service account in memory: who may get a token, and who comes with one. Changes are pushed, so that an account or a
/// key that was taken back ends with all its tokens at once. Finding takes no lock and reads no database.
/// </summary>
internal sealed class VirtualServiceAccounts : IIssuedCallers, IDisposable
{
    private readonly Lock _changes = new();
    private readonly VirtualServiceAccountStore _store;
    private readonly SqliteDatabase _database;
    private readonly VirtualTokens _tokens;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Entry> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SubjectLimiter> _limiters = new(StringComparer.Ordinal);
    private long _version;

    public VirtualServiceAccounts(VirtualServiceAccountStore store, SqliteDatabase database, VirtualTokens tokens, TimeProvider time)
    {
        (_store, _database, _tokens, _time) = (store, database, tokens, time);
        store.Changed += ReadChanges;
        database.ForeignChange += ReadChanges;
        ReadChanges();
    }

    public event Action? Changed;

    /// <summary>The account of that e-mail address or client id, enabled or not; null when there is none.</summary>
    public VirtualServiceAccount? FindAccount(string emailOrClientId)
        => _ids.TryGetValue(emailOrClientId, out var id) && _byId.TryGetValue(id, out var entry) ? entry.Account : null;

    /// <summary>The account that a token of ours was issued to; null when it or its key is no more.</summary>
    public VirtualServiceAccount? FindIssuedTo(in TokenClaims claims) => FindEntry(in claims, out _)?.Account;

    public Caller? Find(ReadOnlySpan<char> text)
    {
        if (!_tokens.TryReadAccess(text, out var claims) || FindEntry(in claims, out var keyEnd) is not { } entry)
        {
            return null;
        }

        var end = claims.IssuedAt.AddSeconds(VirtualTokens.Lifetime);
        end = keyEnd < end ? keyEnd.Value : end;
        return end > _time.GetUtcNow() ? entry.Caller.Until(end) : null;
    }

    public Caller? FindByName(string idOrName)
        => _byId.TryGetValue(idOrName, out var entry) ? entry.Caller : _byId.Values.FirstOrDefault(one => one.Account.Name == idOrName)?.Caller;

    public void Dispose()
    {
        _store.Changed -= ReadChanges;
        _database.ForeignChange -= ReadChanges;
    }

    private Entry? FindEntry(in TokenClaims claims, out DateTimeOffset? keyEnd)
    {
        keyEnd = null;
        var now = _time.GetUtcNow();
        if (!_byId.TryGetValue(claims.Account, out var entry) || !entry.Account.IsEnabled(now))
        {
            return null;
        }

        foreach (var key in entry.Account.Keys)
        {
            if (key.Number == claims.Key && key.IsLive(now))
            {
                keyEnd = key.EndsAt;
                return entry;
            }
        }

        return null;
    }

    private void ReadChanges()
    {
        lock (_changes)
        {
            var rows = _store.ChangedSince(_version);
            foreach (var account in rows)
            {
                _version = account.Version;
                if (account.DeletedAt is not null)
                {
                    _byId.TryRemove(account.Id, out _);
                    _ids.TryRemove(account.Email, out _);
                    _ids.TryRemove(account.ClientId, out _);
                    _limiters.TryRemove(account.Id, out _);
                    continue;
                }

                _byId[account.Id] = new Entry(account, CallerOf(account));
                _ids[account.Email] = account.Id;
                _ids[account.ClientId] = account.Id;
            }

            if (rows.Count > 0)
            {
                Changed?.Invoke();
            }
        }
    }

    private Caller CallerOf(VirtualServiceAccount account)
    {
        var limiter = _limiters.GetOrAdd(account.Id, static (_, limits) => new SubjectLimiter(limits), account.Limits);
        limiter.Update(account.Limits);
        return new Caller
        {
            KeyId = account.Id,
            KeyName = account.Name,
            Models = new ModelAllowList(account.Models),
            Limiter = limiter,
            Budget = account.Budget,
            Binding = account.Credentials.Count > 0 ? new CredentialBinding(account.Credentials) : null,
            ExpiresAt = account.ExpiresAt,
        };
    }

    private sealed record Entry(VirtualServiceAccount Account, Caller Caller);
}
