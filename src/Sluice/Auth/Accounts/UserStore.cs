using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>The users of the database.</summary>
internal sealed class UserStore(SqliteDatabase database, AccountDirectory directory, TimeProvider time)
{
    public UserRecord? Find(string id) => One("id = $0", id);

    /// <param name="email">As <see cref="EmailAddress.Normalise"/> gives it.</param>
    public UserRecord? FindByEmail(string email) => One("email = $0", email);

    /// <summary>Rows below a position, newest first.</summary>
    public List<UserRecord> List(long? before, int limit)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            $"SELECT {UserRecord.Columns} FROM users WHERE position < $0 ORDER BY position DESC LIMIT $1", UserRecord.Read, before ?? long.MaxValue, limit);
    }

    /// <summary>Adds a user; false when the address has an account already, or the condition does not hold inside the transaction.</summary>
    public async Task<bool> AddAsync(UserRecord user, Func<SqliteConnection, bool>? condition = null)
    {
        var added = await database.WriteAsync(connection => !IsTaken(connection, user) && condition?.Invoke(connection) != false && Insert(connection, user));
        directory.Refresh();
        return added;
    }

    /// <summary>Changes a user inside a transaction; null when there is none of that id, else the user as changed.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="change">Gets the row as it is; null from it changes nothing.</param>
    /// <param name="also">Runs in the same transaction after the change.</param>
    /// <param name="condition">Runs in the same transaction before the change, and prevents it by false.</param>
    public async Task<UserRecord?> ChangeAsync(
        string id, Func<UserRecord, UserRecord?> change, Action<SqliteConnection>? also = null, Func<SqliteConnection, bool>? condition = null)
    {
        var changed = await database.WriteAsync(connection =>
        {
            var old = connection.Rows($"SELECT {UserRecord.Columns} FROM users WHERE id = $0", UserRecord.Read, id).SingleOrDefault();
            if (old is null || change(old) is not { } user || IsTaken(connection, user) || condition?.Invoke(connection) == false)
            {
                return null;
            }

            connection.Execute(
                "UPDATE users SET email = $1, name = $2, role = $3, tier = $4, team = $5, quota_daily_limit = $6, password_hash = $7, "
                + "email_verified = $8, disabled_at = $9, updated_at = $10, version = $11 WHERE id = $0",
                id, user.Email, user.Name, user.Role.Spelled(), user.Tier, user.Team, user.DailyLimit, user.PasswordHash,
                user.EmailVerified, user.DisabledAt?.UnixMicros(), time.GetUtcNow().UnixMicros(), AccountVersion.Next(connection));
            also?.Invoke(connection);
            return user;
        });
        directory.Refresh();
        return changed;
    }

    /// <summary>Whether a live administrator's account exists, inside a transaction or out of one.</summary>
    public static bool HasAdministrator(SqliteConnection connection)
        => connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND disabled_at IS NULL)") == 1;

    /// <summary>Adds the row inside a transaction.</summary>
    public bool Insert(SqliteConnection connection, UserRecord user)
    {
        var now = time.GetUtcNow().UnixMicros();
        return connection.Execute(
            "INSERT INTO users (id, email, name, role, tier, team, quota_daily_limit, password_hash, email_verified, disabled_at, created_at, updated_at, version) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $9, $10)",
            user.Id, user.Email, user.Name, user.Role.Spelled(), user.Tier, user.Team, user.DailyLimit, user.PasswordHash,
            user.EmailVerified, now, AccountVersion.Next(connection)) == 1;
    }

    private static bool IsTaken(SqliteConnection connection, UserRecord user)
        => connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM users WHERE email = $0 AND id <> $1)", user.Email, user.Id) == 1;

    private UserRecord? One(string condition, string value)
    {
        using var read = database.Read();
        return read.Connection.Rows($"SELECT {UserRecord.Columns} FROM users WHERE {condition}", UserRecord.Read, value).SingleOrDefault();
    }
}
