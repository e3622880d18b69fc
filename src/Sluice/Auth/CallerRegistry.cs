using System.Collections.Concurrent;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tokens;
using Sluice.Configuration;
using Sluice.Limits;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth;

/// <summary>
/// Every live key in memory, by its digest: those of the configuration and the administrator's in one table that a reload
/// replaces, those of the database in another that changes row by row. Finding a key takes no lock and allocates nothing. Access
/// tokens come through here too, so that every path knows them alike.
/// </summary>
internal sealed class CallerRegistry : ICallerRegistry, ICallerDirectory, IDisposable
{
    private const int ShortestAdministratorKey = 32;

    /// <summary>A timer of the runtime takes at most about 49 days; a later end is looked at again then.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly Lock _changes = new();
    private readonly byte[] _pepper;
    private readonly ApiKeyStore _store;
    private readonly SqliteDatabase _database;
    private readonly IConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly Secret _administratorKey;
    private readonly AccountDirectory? _accounts;
    private readonly AccessTokenCallers? _tokens;
    private readonly ITimer _expiry;
    private readonly IIssuedCallers[] _issued;
    private readonly ConcurrentDictionary<string, SubjectLimiter> _limiters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<KeyDigest, Caller> _stored = new();
    private readonly ConcurrentDictionary<string, StoredDigests> _digests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelAllowList> _modelLists = new(StringComparer.Ordinal);
    private volatile ConfiguredKeys _configured = new();
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private long _storedVersion;
    private long _generation;

    /// <exception cref="StartRefusedException">The administrator's key is too short.</exception>
    public CallerRegistry(
        ApiKeyOptions options, ApiKeyStore store, SqliteDatabase database, MasterKey masterKey, IConfigurationSource configuration, TimeProvider time,
        IEnumerable<IIssuedCallers> issued, AccountDirectory? accounts = null, AccessTokenCallers? tokens = null)
    {
        var length = options.AdministratorKey.Reveal().Length;
        if (length is > 0 and < ShortestAdministratorKey)
        {
            throw new StartRefusedException(
                $"SLUICE_ADMIN_KEY has {length} characters and needs {ShortestAdministratorKey} or more. Make one with: openssl rand -hex 24");
        }

        _administratorKey = options.AdministratorKey;
        _pepper = masterKey.Pepper;
        _store = store;
        _database = database;
        _configuration = configuration;
        _time = time;
        _accounts = accounts;
        _tokens = tokens;
        _issued = [.. issued];
        _expiry = time.CreateTimer(_ => AfterExpiry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        store.Changed += ReadStoredKeys;
        database.ForeignChange += ReadStoredKeys;
        configuration.Changed += ReadConfiguredKeys;
        if (accounts is not null)
        {
            accounts.Changed += OnAccountsChanged;
        }

        Array.ForEach(_issued, issuer => issuer.Changed += OnIssuedChanged);
        ReadConfiguredKeys(configuration.Current);
        ReadStoredKeys();
    }

    public long Generation => Volatile.Read(ref _generation);

    /// <summary>True when <c>SLUICE_ADMIN_KEY</c> is set.</summary>
    public bool HasAdministratorKey => !_administratorKey.IsEmpty;

    public Caller? Find(ReadOnlySpan<char> keyText)
    {
        var configured = _configured;
        if (keyText.IsEmpty || keyText.Length > KeyDigest.LongestText || (!configured.AnyMistyped && ApiKeyText.IsMistyped(keyText)))
        {
            return null;
        }

        var digest = KeyDigest.Compute(_pepper, keyText);
        if (!configured.Callers.TryGetValue(digest, out var caller) && !_stored.TryGetValue(digest, out caller) && (caller = FindIssued(keyText)) is null)
        {
            return _tokens is not null && AccessTokenCallers.LooksLikeOne(keyText) ? _tokens.Find(keyText, FindById) : null;
        }

        return IsLive(caller) ? caller : null;
    }

    public Caller? FindByName(string idOrName)
        => _configured.Callers.Values.Concat(_stored.Values).FirstOrDefault(caller => caller.KeyId == idOrName || caller.KeyName == idOrName)
            ?? _issued.Select(issuer => issuer.FindByName(idOrName)).FirstOrDefault(caller => caller is not null);

    public void Dispose()
    {
        if (_accounts is not null)
        {
            _accounts.Changed -= OnAccountsChanged;
        }

        _store.Changed -= ReadStoredKeys;
        _database.ForeignChange -= ReadStoredKeys;
        _configuration.Changed -= ReadConfiguredKeys;
        Array.ForEach(_issued, issuer => issuer.Changed -= OnIssuedChanged);
        _expiry.Dispose();
    }

    private Caller? FindIssued(ReadOnlySpan<char> text)
    {
        foreach (var issuer in _issued)
        {
            if (issuer.Find(text) is { } caller)
            {
                return caller;
            }
        }

        return null;
    }

    /// <summary>Callers that the request path has kept must be looked up again.</summary>
    private void OnIssuedChanged() => Interlocked.Increment(ref _generation);

    private void ReadConfiguredKeys(ConfigSnapshot snapshot)
    {
        lock (_changes)
        {
            var keys = new ConfiguredKeys();
            foreach (var key in snapshot.Config.Keys)
            {
                var id = "file:" + key.Name;
                keys.Add(_pepper, key.Key.Reveal(), new Caller
                {
                    KeyId = id,
                    KeyName = key.Name,
                    User = key.User.Length > 0 ? key.User : null,
                    Team = key.Team.Length > 0 ? key.Team : null,
                    Models = new ModelAllowList(key.Models),
                    Mcp = new McpAllowList(key.Mcp),
                    Limiter = Limiter(id, key.Limits),
                    Budget = key.Budget,
                });
            }

            if (HasAdministratorKey)
            {
                keys.Add(_pepper, _administratorKey.Reveal(), new Caller
                {
                    KeyId = "admin",
                    KeyName = "admin",
                    IsAdministrator = true,
                    Models = ModelAllowList.All,
                    Mcp = McpAllowList.All,
                    Limiter = Limiter("admin", new LimitsConfig()),
                });
            }

            foreach (var gone in _configured.Callers.Values.Where(old => !keys.Ids.Contains(old.KeyId)))
            {
                _limiters.TryRemove(gone.KeyId, out _);
            }

            _configured = keys;
            _tokens?.Forget();
            Interlocked.Increment(ref _generation);
        }
    }

    private void ReadStoredKeys()
    {
        lock (_changes)
        {
            var rows = _store.ChangedSince(_storedVersion);
            foreach (var row in rows)
            {
                _storedVersion = row.Version;
                if (_digests.TryRemove(row.Id, out var old))
                {
                    Remove(old);
                }

                if (row.RevokedAt is null)
                {
                    Add(row);
                }
                else
                {
                    _limiters.TryRemove(row.Id, out _);
                }
            }

            if (rows.Count > 0)
            {
                _tokens?.Forget();
                Interlocked.Increment(ref _generation);
            }
        }
    }

    private void Add(StoredKey row)
    {
        var caller = new Caller
        {
            KeyId = row.Id,
            KeyName = row.Name,
            User = row.UserId,
            AccountId = row.UserId,
            Team = TeamOf(row.UserId),
            IsAdministrator = row.Administrator && row.UserId is null,
            Scopes = KeyScopeNames.Parse(row.Scopes),
            Models = Models(row.ModelsJson),
            Mcp = McpTools(row.McpJson),
            Limiter = Limiter(row.Id, row.Limits),
            Budget = row.Budget,
            ExpiresAt = row.ExpiresAt,
        };
        var now = _time.GetUtcNow();
        var previous = row.PreviousUntil > now ? row.PreviousDigest : null;
        _stored[row.Digest] = caller;
        AwaitExpiry(row.ExpiresAt, now);
        if (previous is { } before)
        {
            _stored[before] = caller.With(caller.Team, row.PreviousUntil);
            AwaitExpiry(row.PreviousUntil, now);
        }

        _digests[row.Id] = new StoredDigests(row.Digest, previous);
    }

    private void Remove(StoredDigests digests)
    {
        _stored.TryRemove(digests.Present, out _);
        if (digests.Previous is { } previous)
        {
            _stored.TryRemove(previous, out _);
        }
    }

    /// <summary>Whoever was looked up before must be looked up again; keys follow their owner's team.</summary>
    private void OnAccountsChanged()
    {
        lock (_changes)
        {
            foreach (var (digest, caller) in _stored)
            {
                if (caller.AccountId is not null && TeamOf(caller.AccountId) is var team && team != caller.Team)
                {
                    _stored[digest] = caller.With(team, caller.ExpiresAt);
                }
            }

            _tokens?.Forget();
            Interlocked.Increment(ref _generation);
        }
    }

    private string? TeamOf(string? accountId)
        => accountId is not null && _accounts?.FindActive(accountId) is { Team.Length: > 0 } user ? user.Team : null;

    private Caller? FindById(string id)
        => !_digests.TryGetValue(id, out var digests) ? _configured.Callers.Values.FirstOrDefault(caller => caller.KeyId == id)
            : _stored.TryGetValue(digests.Present, out var caller) && IsLive(caller) ? caller
            : null;

    private bool IsLive(Caller caller)
        => !(caller.ExpiresAt <= _time.GetUtcNow()) && (caller.AccountId is null || _accounts?.FindActive(caller.AccountId) is not null);

    /// <summary>Callers that the request path has kept must be looked up again once one of them has expired.</summary>
    private void AfterExpiry()
    {
        lock (_changes)
        {
            Interlocked.Increment(ref _generation);
            var now = _time.GetUtcNow();
            var next = DateTimeOffset.MaxValue;
            foreach (var (_, caller) in _stored)
            {
                if (caller.ExpiresAt is { } end && end > now && end < next)
                {
                    next = end;
                }
            }

            AwaitExpiry(next);
        }
    }

    private void AwaitExpiry(DateTimeOffset? end, DateTimeOffset now)
    {
        if (end > now && end < _nextExpiry)
        {
            AwaitExpiry(end.Value);
        }
    }

    private void AwaitExpiry(DateTimeOffset end)
    {
        _nextExpiry = end;
        var wait = end - _time.GetUtcNow();

        // A timer may fire a little early; a millisecond more saves it from finding the key still alive.
        _expiry.Change(
            wait > LongestTimer ? LongestTimer : wait < TimeSpan.Zero ? TimeSpan.Zero : wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private SubjectLimiter Limiter(string keyId, LimitsConfig limits)
    {
        var limiter = _limiters.GetOrAdd(keyId, static (_, limits) => new SubjectLimiter(limits), limits);
        limiter.Update(limits);
        return limiter;
    }

    private ModelAllowList Models(string json)
    {
        if (!_modelLists.TryGetValue(json, out var list))
        {
            list = new ModelAllowList(StoredKey.ParseList(json));
            _modelLists.Add(json, list);
        }

        return list;
    }

    private static McpAllowList McpTools(string json) => json == "[]" ? McpAllowList.None : new McpAllowList(StoredKey.ParseList(json));

    /// <summary>Under which digests a key of the database is found: its text, and the one before a rotation.</summary>
    private readonly record struct StoredDigests(KeyDigest Present, KeyDigest? Previous);

    /// <summary>The keys that the configuration names; replaced as a whole.</summary>
    private sealed class ConfiguredKeys
    {
        public Dictionary<KeyDigest, Caller> Callers { get; } = [];

        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

        /// <summary>True when a free text of the configuration looks like a mistyped key, so that the checksum says nothing.</summary>
        public bool AnyMistyped { get; private set; }

        public void Add(ReadOnlySpan<byte> pepper, string text, Caller caller)
        {
            if (text.Length is 0 or > KeyDigest.LongestText)
            {
                return;
            }

            Callers[KeyDigest.Compute(pepper, text)] = caller;
            Ids.Add(caller.KeyId);
            AnyMistyped |= ApiKeyText.IsMistyped(text);
        }
    }
}
