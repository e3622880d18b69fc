using Sluice.Storage;

namespace Sluice.Auth.SignIn;

/// <summary>A sign-in elsewhere that has begun.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Request">What it is bound to.</param>
/// <param name="UserId">The account that is being linked; null for signing in.</param>
internal sealed record SignInAttempt(string Provider, SignInRequest Request, string? UserId);

/// <summary>The state of sign-ins elsewhere, kept in the database so that any node can finish one: ten minutes, for one use, by one browser.</summary>
internal sealed class SignInAttempts(SqliteDatabase database, MasterKey masterKey, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <param name="attempt">What has begun.</param>
    /// <param name="browser">The text of the cookie.</param>
    public Task AddAsync(SignInAttempt attempt, string browser)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(connection =>
        {
            connection.Execute("DELETE FROM sign_in_attempts WHERE expires_at <= $0", now.UnixMicros());
            connection.Execute(
                "INSERT INTO sign_in_attempts (state, provider, browser, verifier, nonce, user_id, redirect_uri, expires_at) VALUES ($0, $1, $2, $3, $4, $5, $6, $7)",
                Digest(attempt.Request.State), attempt.Provider, Digest(browser), attempt.Request.Verifier, attempt.Request.Nonce, attempt.UserId,
                attempt.Request.RedirectUri, (now + Lifetime).UnixMicros());
        });
    }

    /// <summary>Takes an attempt by its state; null when it is unknown, taken or expired, or another browser's. Whoever knows the state, it is gone.</summary>
    public async Task<SignInAttempt?> TakeAsync(string state, string browser)
    {
        if (state.Length > KeyDigest.LongestText || browser.Length > KeyDigest.LongestText)
        {
            return null;
        }

        var digest = Digest(state);
        var found = await database.WriteAsync(connection =>
        {
            var rows = connection.Rows(
                "SELECT provider, verifier, nonce, redirect_uri, user_id, browser FROM sign_in_attempts WHERE state = $0 AND expires_at > $1",
                row => (Attempt: new SignInAttempt(row.GetString(0), new SignInRequest(state, row.GetString(1), row.GetString(2), row.GetString(3)), row.Text(4)),
                    Browser: KeyDigest.FromBytes(row.GetFieldValue<byte[]>(5))),
                digest, time.GetUtcNow().UnixMicros());
            connection.Execute("DELETE FROM sign_in_attempts WHERE state = $0", digest);
            return rows;
        });
        return found is [var one] && one.Browser.Equals(KeyDigest.Compute(masterKey.Pepper, browser)) ? one.Attempt : null;
    }

    private byte[] Digest(string text) => KeyDigest.Compute(masterKey.Pepper, text).ToArray();
}
