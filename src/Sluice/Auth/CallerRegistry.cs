using System.Collections.Concurrent;
using Sluice.Configuration;
using Sluice.Limits;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth;

/// <summary>
/// Every live key in memory, by its digest: those of the configuration and the administrator's in one table that a reload
/// replaces, those of the database in another that changes row by row. Finding a key takes no lock and allocates nothing.
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
    private readonly ITimer _expiry;
    private readonly IIssuedCallers[] _issued;
    private readonly ConcurrentDictionary<string, SubjectLimiter> _limiters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<KeyDigest, Caller> _stored = new();
    private readonly Dictionary<string, ModelAllowList> _modelLists = new(StringComparer.Ordinal);
    private volatile ConfiguredKeys _configured = new();
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private long _storedVersion;
    private long _generation;

    /// <exception cref="StartRefusedException">The administrator's key is too short.</exception>
    public CallerRegistry(
        ApiKeyOptions options, ApiKeyStore store, SqliteDatabase database, MasterKey masterKey, IConfigurationSource configuration, TimeProvider time,
        IEnumerable<IIssuedCallers> issued)
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
        _issued = [.. issued];
        _expiry = time.CreateTimer(_ => AfterExpiry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        store.Changed += ReadStoredKeys;
        database.ForeignChange += ReadStoredKeys;
        configuration.Changed += ReadConfiguredKeys;
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
            return null;
        }

        return caller.ExpiresAt is { } end && end <= _time.GetUtcNow() ? null : caller;
    }

    public Caller? FindByName(string idOrName)
        => _configured.Callers.Values.Concat(_stored.Values).FirstOrDefault(caller => caller.KeyId == idOrName || caller.KeyName == idOrName)
            ?? _issued.Select(issuer => issuer.FindByName(idOrName)).FirstOrDefault(caller => caller is not null);

    public void Dispose()
    {
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
                if (row.RevokedAt is not null)
                {
                    _stored.TryRemove(row.Digest, out _);
                    _limiters.TryRemove(row.Id, out _);
                    continue;
                }

                _stored[row.Digest] = new Caller
                {
                    KeyId = row.Id,
                    KeyName = row.Name,
                    IsAdministrator = row.Administrator,
                    Models = Models(row.ModelsJson),
                    Mcp = McpTools(row.McpJson),
                    Limiter = Limiter(row.Id, row.Limits),
                    Budget = row.Budget,
                    ExpiresAt = row.ExpiresAt,
                };
                if (row.ExpiresAt is { } end && end < _nextExpiry)
                {
                    AwaitExpiry(end);
                }
            }

            if (rows.Count > 0)
            {
                Interlocked.Increment(ref _generation);
            }
        }
    }

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
