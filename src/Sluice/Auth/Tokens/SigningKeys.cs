using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth.Tokens;

/// <summary>
/// The keys that sign access tokens, newest first. A new one is made every 30 days and published for an hour before it signs, so that
/// whoever keeps the key set for a while has it; an old one stays published until its last token has ended.
/// </summary>
internal sealed class SigningKeys : IDisposable
{
    private const string Table = "signing_keys";

    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromDays(30);

    /// <summary>How long a key is published before it signs.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromHours(1);

    /// <summary>How long a key is published after it signed: a day, the longest that an access token can hold.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromDays(1) + Notice;

    private readonly Lock _reading = new();
    private readonly SqliteDatabase _database;
    private readonly MasterKey _masterKey;
    private readonly TimeProvider _time;
    private volatile SigningKey[] _keys = [];

    public SigningKeys(SqliteDatabase database, MasterKey masterKey, TimeProvider time)
    {
        (_database, _masterKey, _time) = (database, masterKey, time);
        database.ForeignChange += Read;
        Read();
    }

    /// <summary>Every key whose signatures are accepted, newest first.</summary>
    public IReadOnlyList<SigningKey> Published => _keys;

    /// <summary>The key of that id; null when there is none.</summary>
    public SigningKey? Find(ReadOnlySpan<char> id)
    {
        foreach (var key in _keys)
        {
            if (id.SequenceEqual(key.Id))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The key that signs now; made when there is none yet.</summary>
    public async ValueTask<SigningKey> CurrentAsync()
    {
        if (_keys.Length == 0)
        {
            await RotateAsync();
        }

        var keys = _keys;
        var known = _time.GetUtcNow() - Notice;
        return Array.Find(keys, key => key.CreatedAt <= known) ?? keys[^1];
    }

    /// <summary>Makes a key where the newest has served its term, and forgets those whose tokens have ended.</summary>
    public async Task RotateAsync()
    {
        var now = _time.GetUtcNow();
        await _database.WriteAsync(connection =>
        {
            if (Load(connection).FirstOrDefault() is not { } newest || newest.CreatedAt <= now - Term)
            {
                using var key = SigningKey.Create(RandomId.Create("sig_"), now);
                connection.Execute(
                    "INSERT INTO signing_keys (id, private_key, created_at) VALUES ($0, $1, $2)",
                    key.Id, _masterKey.Seal(Table, key.Id, 1, key.Export()), now.UnixMicros());
            }

            connection.Execute("DELETE FROM signing_keys WHERE created_at <= $0", (now - Term - Aftermath).UnixMicros());
        });
        Read();
    }

    public void Dispose() => _database.ForeignChange -= Read;

    private void Read()
    {
        lock (_reading)
        {
            using var read = _database.Read();
            _keys = [.. Load(read.Connection)];
        }
    }

    /// <summary>The keys of the database, newest first; one whose row was changed is none. Those that are gone are left to the collector: a request may be verifying with one.</summary>
    private List<SigningKey> Load(SqliteConnection connection)
        => [.. connection.Rows(
                "SELECT id, private_key, created_at FROM signing_keys ORDER BY created_at DESC",
                row => (Id: row.GetString(0), Sealed: row.GetFieldValue<byte[]>(1), CreatedAt: Clock.FromUnixMicros(row.GetInt64(2))))
            .Select(row => Find(row.Id) ?? Import(row.Id, row.Sealed, row.CreatedAt))
            .OfType<SigningKey>()];

    /// <summary>Null for a row that was changed by somebody without the master key.</summary>
    private SigningKey? Import(string id, byte[] box, DateTimeOffset createdAt)
        => _masterKey.UnsealBytes(Table, id, 1, box) is { } pkcs8 ? SigningKey.Import(id, pkcs8, createdAt) : null;
}
