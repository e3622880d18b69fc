using System.Collections.Concurrent;
using Sluice.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>
/// Every user and every live session in memory, so that an access token can be judged without the database. Changes of this process
/// are seen before whoever asked for them is answered, those of others within half a second.
/// </summary>
internal sealed class AccountDirectory : IDisposable
{
    private readonly Lock _reading = new();
    private readonly SqliteDatabase _database;
    private readonly ConcurrentDictionary<string, UserRecord> _users = new(StringComparer.Ordinal);

    /// <summary>Live sessions with the id of their user.</summary>
    private readonly ConcurrentDictionary<string, string> _sessions = new(StringComparer.Ordinal);

    private long _version;

    public AccountDirectory(SqliteDatabase database)
    {
        _database = database;
        database.ForeignChange += Refresh;
        Refresh();
    }

    /// <summary>Raised after a user has changed or a session has ended; not for new ones, which nobody can have looked up.</summary>
    public event Action? Changed;

    /// <summary>The user of that id where the account is active; null otherwise.</summary>
    public UserRecord? FindActive(string userId) => _users.TryGetValue(userId, out var user) && user.IsActive ? user : null;

    /// <summary>The active user of a live session; null when either is not.</summary>
    public UserRecord? FindBySession(string sessionId) => _sessions.TryGetValue(sessionId, out var userId) ? FindActive(userId) : null;

    /// <summary>Reads what has changed in the database.</summary>
    public void Refresh()
    {
        var isNews = false;
        lock (_reading)
        {
            using var read = _database.Read();
            var latest = read.Connection.Scalar<long>("SELECT version FROM account_version WHERE id = 1");
            if (latest == _version)
            {
                return;
            }

            foreach (var user in read.Connection.Rows($"SELECT {UserRecord.Columns} FROM users WHERE version > $0", UserRecord.Read, _version))
            {
                isNews |= _users.ContainsKey(user.Id);
                _users[user.Id] = user;
            }

            var sessions = read.Connection.Rows(
                "SELECT id, user_id, ended_at FROM sessions WHERE version > $0",
                row => (Id: row.GetString(0), User: row.GetString(1), IsEnded: !row.IsDBNull(2)),
                _version);
            foreach (var session in sessions)
            {
                if (!session.IsEnded)
                {
                    _sessions[session.Id] = session.User;
                }
                else
                {
                    isNews |= _sessions.TryRemove(session.Id, out _);
                }
            }

            // A change that came between the readings is read twice, which is harmless.
            _version = latest;
        }

        if (isNews)
        {
            Changed?.Invoke();
        }
    }

    public void Dispose() => _database.ForeignChange -= Refresh;
}
