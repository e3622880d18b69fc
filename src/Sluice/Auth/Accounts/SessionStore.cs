using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Accounts;

/// <summary>A session as its owner sees it.</summary>
internal sealed record SessionRecord(
    long Position, string Id, string UserAgent, string Address, DateTimeOffset CreatedAt, DateTimeOffset UsedAt, DateTimeOffset ExpiresAt);

/// <summary>A session that was begun or renewed, with the refresh token that continues it.</summary>
internal sealed record SessionGrant(string SessionId, string UserId, string RefreshToken);

/// <summary>What became of a refresh token: a grant, or whether it had been used before.</summary>
internal readonly record struct RefreshResult(SessionGrant? Grant, bool WasReused, string? UserId);

/// <summary>Sessions and their refresh tokens. A token serves once; a second use ends its session, because one of the two users is a thief.</summary>
internal sealed class SessionStore(
    SqliteDatabase database, AccountDirectory directory, MasterKey masterKey, IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>What ids of sessions begin with, and no other <c>sid</c> of a token.</summary>
    public const string IdPrefix = "ses_";

    private const string TokenPrefix = "srt_";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int TokenLength = 43;
    private const int LongestAgent = 200;

    public async Task<SessionGrant> BeginAsync(string userId, string userAgent, string address)
    {
        var grant = new SessionGrant(RandomId.Create(IdPrefix), userId, NewToken());
        var now = time.GetUtcNow();
        await database.WriteAsync(connection =>
        {
            connection.Execute(
                "INSERT INTO sessions (id, user_id, user_agent, address, created_at, used_at, expires_at, ended_at, version) VALUES ($0, $1, $2, $3, $4, $4, $5, NULL, $6)",
                grant.SessionId, userId, userAgent.Length > LongestAgent ? userAgent[..LongestAgent] : userAgent, address,
                now.UnixMicros(), (now + Lifetime).UnixMicros(), AccountVersion.Next(connection));
            Insert(connection, grant);
        });
        directory.Refresh();
        return grant;
    }

    /// <summary>Exchanges a refresh token for the next one. All in one transaction: of many who come at once with one token, one gets it.</summary>
    public async Task<RefreshResult> RefreshAsync(string token)
    {
        if (token.Length != TokenPrefix.Length + TokenLength || !token.StartsWith(TokenPrefix, StringComparison.Ordinal))
        {
            return default;
        }

        var now = time.GetUtcNow();
        var digest = Digest(token);
        var result = await database.WriteAsync(connection => Refresh(connection, digest, now));
        directory.Refresh();
        return result;
    }

    /// <summary>Ends the session of a refresh token, used or not; null when there is none.</summary>
    public async Task<string?> EndByTokenAsync(string token)
    {
        var digest = Digest(token.Length > KeyDigest.LongestText ? "" : token);
        using (var read = database.Read())
        {
            if (read.Connection.Scalar<string>("SELECT session_id FROM refresh_tokens WHERE digest = $0", digest) is { } session)
            {
                await EndWhereAsync("id = $2", session);
                return session;
            }
        }

        return null;
    }

    /// <summary>Ends a session of that user; false when there is no live one.</summary>
    public Task<bool> EndAsync(string userId, string sessionId) => EndWhereAsync("user_id = $2 AND id = $3", userId, sessionId);

    /// <summary>Ends the sessions of a user inside a transaction; the directory sees it at its next refresh.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="except">A session that goes on; null for none.</param>
    public void EndAll(SqliteConnection connection, string userId, string? except = null)
        => connection.Execute(
            "UPDATE sessions SET ended_at = $1, version = $2 WHERE user_id = $0 AND ended_at IS NULL AND id <> $3",
            userId, time.GetUtcNow().UnixMicros(), AccountVersion.Next(connection), except ?? "");

    /// <summary>The live sessions of a user, newest first.</summary>
    public List<SessionRecord> List(string userId)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            "SELECT position, id, user_agent, address, created_at, used_at, expires_at FROM sessions WHERE user_id = $0 AND ended_at IS NULL AND expires_at > $1 ORDER BY position DESC",
            row => new SessionRecord(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3),
                Clock.FromUnixMicros(row.GetInt64(4)), Clock.FromUnixMicros(row.GetInt64(5)), Clock.FromUnixMicros(row.GetInt64(6))),
            userId, time.GetUtcNow().UnixMicros());
    }

    /// <summary>Ends sessions that nobody renewed, and deletes those that ended a day ago: every process has seen that by then.</summary>
    public async Task PruneAsync()
    {
        var now = time.GetUtcNow();
        await database.WriteAsync(connection =>
        {
            connection.Execute(
                "UPDATE sessions SET ended_at = $0, version = $1 WHERE ended_at IS NULL AND expires_at <= $0", now.UnixMicros(), AccountVersion.Next(connection));
            var before = now.AddDays(-1).UnixMicros();
            connection.Execute("DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE ended_at <= $0)", before);
            connection.Execute("DELETE FROM sessions WHERE ended_at <= $0", before);
        });
        directory.Refresh();
    }

    private TimeSpan Lifetime => TimeSpan.FromSeconds(configuration.Current.Config.Auth.RefreshTokenSeconds);

    private RefreshResult Refresh(SqliteConnection connection, byte[] digest, DateTimeOffset now)
    {
        var found = connection.Rows(
            "SELECT s.id, s.user_id, s.ended_at, s.expires_at, r.used_at FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id WHERE r.digest = $0",
            row => (Id: row.GetString(0), User: row.GetString(1), IsEnded: !row.IsDBNull(2), ExpiresAt: row.GetInt64(3), IsUsed: !row.IsDBNull(4)),
            digest);
        if (found is not [var session])
        {
            return default;
        }

        if (session.IsUsed)
        {
            connection.Execute(
                "UPDATE sessions SET ended_at = $1, version = $2 WHERE id = $0 AND ended_at IS NULL", session.Id, now.UnixMicros(), AccountVersion.Next(connection));
            return new RefreshResult(null, WasReused: true, session.User);
        }

        var isActive = connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM users WHERE id = $0 AND disabled_at IS NULL)", session.User) == 1;
        if (session.IsEnded || session.ExpiresAt <= now.UnixMicros() || !isActive)
        {
            return default;
        }

        var grant = new SessionGrant(session.Id, session.User, NewToken());
        connection.Execute("UPDATE refresh_tokens SET used_at = $1 WHERE digest = $0", digest, now.UnixMicros());
        connection.Execute("UPDATE sessions SET used_at = $1, expires_at = $2 WHERE id = $0", session.Id, now.UnixMicros(), (now + Lifetime).UnixMicros());
        Insert(connection, grant);
        return new RefreshResult(grant, WasReused: false, session.User);
    }

    private async Task<bool> EndWhereAsync(string condition, params string[] values)
    {
        var now = time.GetUtcNow().UnixMicros();
        var ended = await database.WriteAsync(connection => connection.Execute(
            $"UPDATE sessions SET ended_at = $0, version = $1 WHERE {condition} AND ended_at IS NULL",
            [now, AccountVersion.Next(connection), .. values]));
        directory.Refresh();
        return ended > 0;
    }

    private void Insert(SqliteConnection connection, SessionGrant grant)
        => connection.Execute(
            "INSERT INTO refresh_tokens (digest, session_id, used_at) VALUES ($0, $1, NULL)", Digest(grant.RefreshToken), grant.SessionId);

    private byte[] Digest(string token) => KeyDigest.Compute(masterKey.Pepper, token).ToArray();

    private static string NewToken() => TokenPrefix + RandomNumberGenerator.GetString(Alphabet, TokenLength);
}
