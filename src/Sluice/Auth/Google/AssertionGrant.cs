using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Google;

/// <summary>An assertion that holds: whose it is, and by which key.</summary>
/// <param name="Account">Enabled.</param>
/// <param name="Key">The key that signed it.</param>
/// <param name="TargetAudience">Whom an identity token is asked for; null where an access token is.</param>
internal sealed record AcceptedAssertion(VirtualServiceAccount Account, VirtualKey Key, string? TargetAudience);

/// <summary>
/// Checks the assertion of a service account (RFC 7523 and developers.google.com/identity/protocols/oauth2/service-account): RS256 and
/// nothing else, by a key of the account that it names, for Sluice or for Google, and short-lived.
/// </summary>
internal sealed class AssertionGrant(VirtualServiceAccounts accounts, VirtualServiceAccountStore store, TimeProvider time)
{
    private const long LongestLife = 3600;
    private const long Skew = 60;
    private const string ScopePrefix = "https://www.googleapis.com/auth/";

    private const string TimeFrame =
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";

    /// <summary>What Google's own libraries write, which know no other token server.</summary>
    private static readonly string[] GoogleAudiences =
    [
        "https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token", "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v3/token",
    ];

    private static readonly string[] PlainScopes = ["openid", "email", "profile"];

    /// <returns>What was accepted, or why it was refused.</returns>
    public async Task<(AcceptedAssertion? Accepted, GrantError? Error)> CheckAsync(string text)
    {
        if (text.Length > SignedAssertion.Longest)
        {
            return Refuse($"Invalid JWT: the assertion is longer than {SignedAssertion.Longest} characters.");
        }

        if (SignedAssertion.Read(text) is not { } assertion)
        {
            return Refuse("Invalid JWT: the assertion is not three parts of base64url with a JSON object in each of the first two.");
        }

        if (SignedAssertion.Text(assertion.Header, "alg") != "RS256" || assertion.Header.TryGetProperty("crit", out _))
        {
            return Refuse("Invalid JWT: the header must have the algorithm RS256 and nothing critical.");
        }

        var issuer = SignedAssertion.Text(assertion.Claims, "iss");
        if (issuer is null || accounts.FindAccount(issuer) is not { } account || account.Email != issuer)
        {
            return Refuse("Invalid grant: account not found");
        }

        var now = time.GetUtcNow();
        if (KeyOf(assertion, account, now) is not { } key)
        {
            return Refuse("Invalid JWT Signature.");
        }

        // Only who has the account's key is told how it stands.
        if (!account.IsEnabled(now))
        {
            return Refuse("Invalid grant: the account is disabled or has expired");
        }

        return CheckClaims(assertion, account, key, now) is { } error ? (null, error) : await AcceptAsync(assertion, account, key);
    }

    private static (AcceptedAssertion?, GrantError?) Refuse(string description) => (null, GrantError.InvalidGrant(description));

    /// <summary>The key that the header names, or any of the account where it names none; null when that has not signed it.</summary>
    private static VirtualKey? KeyOf(SignedAssertion assertion, VirtualServiceAccount account, DateTimeOffset now)
    {
        var named = assertion.Header.TryGetProperty("kid", out _);
        var id = SignedAssertion.Text(assertion.Header, "kid");
        foreach (var key in account.Keys)
        {
            if (!key.IsSecret && key.IsLive(now) && (!named || key.Id == id) && assertion.IsSignedBy(key.Material))
            {
                return key;
            }
        }

        return null;
    }

    private static GrantError? CheckClaims(SignedAssertion assertion, VirtualServiceAccount account, VirtualKey key, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        if (assertion.Seconds("iat") is not { } issuedAt || assertion.Seconds("exp") is not { } end
            || end <= issuedAt || end - issuedAt > LongestLife || end + Skew <= seconds || issuedAt - Skew > seconds
            || (assertion.Claims.TryGetProperty("nbf", out _) && !(assertion.Seconds("nbf") - Skew <= seconds)))
        {
            return GrantError.InvalidGrant(TimeFrame);
        }

        var audience = SignedAssertion.Text(assertion.Claims, "aud");
        if (audience is null || (audience != key.TokenUri && !GoogleAudiences.Contains(audience)))
        {
            return GrantError.InvalidGrant("Invalid JWT: Failed audience check. The aud claim must be the token_uri of the key file.");
        }

        // Acting for a user of somebody's domain: there is no such domain here.
        if (assertion.Claims.TryGetProperty("sub", out _) && SignedAssertion.Text(assertion.Claims, "sub") != account.Email)
        {
            return new GrantError(
                StatusCodes.Status401Unauthorized, "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.");
        }

        return HasTargetAudience(assertion) || AreScopes(SignedAssertion.Text(assertion.Claims, "scope"))
            ? null
            : new GrantError(StatusCodes.Status400BadRequest, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    }

    private static bool HasTargetAudience(SignedAssertion assertion) => SignedAssertion.Text(assertion.Claims, "target_audience") is { Length: > 0 };

    private static bool AreScopes(string? text)
        => text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } scopes
            && Array.TrueForAll(scopes, scope => PlainScopes.Contains(scope) || (scope.StartsWith(ScopePrefix, StringComparison.Ordinal) && scope.Length > ScopePrefix.Length));

    /// <summary>
    /// An assertion with a <c>jti</c> is good once (RFC 7523 §3, 7). One without is good until it ends, as with Google: its libraries write
    /// none, and two processes that start in the same second sign the same bytes.
    /// </summary>
    private async Task<(AcceptedAssertion?, GrantError?)> AcceptAsync(SignedAssertion assertion, VirtualServiceAccount account, VirtualKey key)
    {
        if (assertion.Claims.TryGetProperty("jti", out _))
        {
            var id = SignedAssertion.Text(assertion.Claims, "jti");
            if (string.IsNullOrEmpty(id))
            {
                return Refuse("Invalid JWT: the jti claim must be a text.");
            }

            var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Id}|{id}"));
            var until = DateTimeOffset.FromUnixTimeSeconds(assertion.Seconds("exp")!.Value + Skew);
            if (!await store.UseAssertionAsync(digest, until))
            {
                return Refuse("Invalid JWT: an assertion of this jti has been used. Sign a new one.");
            }
        }

        return (new AcceptedAssertion(account, key, HasTargetAudience(assertion) ? SignedAssertion.Text(assertion.Claims, "target_audience") : null), null);
    }
}
