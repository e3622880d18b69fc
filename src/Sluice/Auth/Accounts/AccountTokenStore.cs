using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>What a one-time token is for.</summary>
internal enum TokenPurpose
{
    /// <summary>Proves that an e-mail address is the user's.</summary>
    Verify,

    /// <summary>Sets a new password.</summary>
    Reset,

    /// <summary>Makes an account where registration is by invitation.</summary>
    Invite,
}

/// <summary>What a one-time token belonged to.</summary>
/// <param name="UserId">The user; null for invitations.</param>
/// <param name="Email">The address that it was made for; null for an invitation of anybody.</param>
internal sealed record SpentToken(string? UserId, string? Email);

/// <summary>One-time tokens. Only digests are stored.</summary>
internal sealed class AccountTokenStore(SqliteDatabase database, MasterKey masterKey, TimeProvider time)
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Length = 40;

    /// <summary>Makes a token; one for a user replaces the earlier ones of that user and purpose.</summary>
    public async Task<string> CreateAsync(TokenPurpose purpose, string? userId, string? email, TimeSpan lifetime)
    {
        var token = RandomNumberGenerator.GetString(Alphabet, Length);
        var end = (time.GetUtcNow() + lifetime).UnixMicros();
        await database.WriteAsync(connection =>
        {
            if (userId is not null)
            {
                connection.Execute("DELETE FROM account_tokens WHERE user_id = $0 AND purpose = $1", userId, Spelled(purpose));
            }

            connection.Execute(
                "INSERT INTO account_tokens (digest, purpose, user_id, email, expires_at) VALUES ($0, $1, $2, $3, $4)",
                Digest(token), Spelled(purpose), userId, email, end);
        });
        return token;
    }

    /// <summary>What a token belongs to, without spending it; null when it is unknown, spent or expired.</summary>
    public SpentToken? Find(TokenPurpose purpose, string? token)
    {
        using var read = database.Read();
        return Find(read.Connection, purpose, token);
    }

    /// <summary>Spends a token inside a transaction; null when it is unknown, spent or expired.</summary>
    public SpentToken? Spend(SqliteConnection connection, TokenPurpose purpose, string? token)
    {
        var found = Find(connection, purpose, token);
        if (found is not null)
        {
            connection.Execute("DELETE FROM account_tokens WHERE digest = $0", Digest(token!));
        }

        return found;
    }

    public Task PruneAsync()
        => database.WriteAsync(connection => connection.Execute("DELETE FROM account_tokens WHERE expires_at <= $0", time.GetUtcNow().UnixMicros()));

    private SpentToken? Find(SqliteConnection connection, TokenPurpose purpose, string? token)
        => token is not { Length: Length } ? null : connection.Rows(
            "SELECT user_id, email FROM account_tokens WHERE digest = $0 AND purpose = $1 AND expires_at > $2",
            row => new SpentToken(row.Text(0), row.Text(1)),
            Digest(token), Spelled(purpose), time.GetUtcNow().UnixMicros()).SingleOrDefault();

    private byte[] Digest(string token) => KeyDigest.Compute(masterKey.Pepper, token).ToArray();

    private static string Spelled(TokenPurpose purpose) => purpose switch
    {
        TokenPurpose.Verify => "verify",
        TokenPurpose.Reset => "reset",
        _ => "invite",
    };
}
