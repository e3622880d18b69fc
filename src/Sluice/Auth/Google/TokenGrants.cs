using System.Security.Cryptography;

namespace Sluice.Auth.Google;

/// <summary>The grants of the token endpoint: what is asked for, and what comes of it.</summary>
internal sealed class TokenGrants(
    AssertionGrant assertions, VirtualServiceAccounts accounts, VirtualServiceAccountStore store, VirtualTokens tokens, IdentityTokens identities, TimeProvider time)
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private static readonly GrantError UnknownClient = new(StatusCodes.Status401Unauthorized, "invalid_client", "The OAuth client was not found, or its secret is wrong.");
    private static readonly GrantError DisabledClient = new(StatusCodes.Status401Unauthorized, "disabled_client", "The OAuth client was disabled.");

    /// <summary>Serves a request of the token endpoint.</summary>
    /// <param name="form">Its members.</param>
    public Task<GrantAnswer> GrantAsync(IReadOnlyDictionary<string, string> form) => form.GetValueOrDefault("grant_type") switch
    {
        null or "" => Refused(GrantError.InvalidRequest("Missing required parameter: grant_type")),
        JwtBearer => AssertAsync(form),
        "client_credentials" => Task.FromResult(ByClient(form, static (self, account, secret) => self.Access(account, secret.Number))),
        "refresh_token" => Task.FromResult(ByClient(form, (self, account, secret) => self.Refresh(form, account, secret))),
        "authorization_code" => RedeemAsync(form),
        _ => Refused(new GrantError(
            StatusCodes.Status400BadRequest, "unsupported_grant_type", $"Invalid grant_type. Use one of: {JwtBearer}, client_credentials, refresh_token, authorization_code.")),
    };

    private static Task<GrantAnswer> Refused(GrantError error) => Task.FromResult<GrantAnswer>(error);

    private async Task<GrantAnswer> AssertAsync(IReadOnlyDictionary<string, string> form)
    {
        if (form.GetValueOrDefault("assertion") is not { Length: > 0 } text)
        {
            return GrantError.InvalidRequest("Missing required parameter: assertion");
        }

        var (accepted, error) = await assertions.CheckAsync(text);
        return accepted is null ? (GrantAnswer)error!
            : accepted.TargetAudience is { } audience ? GrantAnswer.Of(KeyValuePair.Create("id_token", (object)await identities.CreateAsync(accepted.Account, audience)))
            : Access(accepted.Account, accepted.Key.Number);
    }

    private async Task<GrantAnswer> RedeemAsync(IReadOnlyDictionary<string, string> form)
    {
        if (form.GetValueOrDefault("code") is not { Length: > 0 and <= 512 } code)
        {
            return GrantError.InvalidRequest("Missing required parameter: code");
        }

        var (account, secret, error) = Client(form);
        if (error is not null)
        {
            return error;
        }

        if (!await store.UseCodeAsync(code, account!.Id, form.GetValueOrDefault("redirect_uri", "")))
        {
            return GrantError.InvalidGrant("Malformed auth code: it is unknown, used or expired, or was made for another client or redirect_uri.");
        }

        return GrantAnswer.Of([.. Access(account, secret!.Number).Members!, KeyValuePair.Create("refresh_token", (object)tokens.CreateRefresh(account.Id, secret.Number, time.GetUtcNow()))]);
    }

    private GrantAnswer Refresh(IReadOnlyDictionary<string, string> form, VirtualServiceAccount account, VirtualKey secret)
    {
        if (form.GetValueOrDefault("refresh_token") is not { Length: > 0 } text)
        {
            return GrantError.InvalidRequest("Missing required parameter: refresh_token");
        }

        return tokens.TryReadRefresh(text, out var claims) && accounts.FindIssuedTo(in claims)?.Id == account.Id
            ? Access(account, secret.Number)
            : GrantError.InvalidGrant("Token has been expired or revoked.");
    }

    private GrantAnswer ByClient(IReadOnlyDictionary<string, string> form, Func<TokenGrants, VirtualServiceAccount, VirtualKey, GrantAnswer> grant)
    {
        var (account, secret, error) = Client(form);
        return error ?? grant(this, account!, secret!);
    }

    /// <summary>The client that names itself by id and secret.</summary>
    private (VirtualServiceAccount? Account, VirtualKey? Secret, GrantError? Error) Client(IReadOnlyDictionary<string, string> form)
    {
        var id = form.GetValueOrDefault("client_id", "");
        var text = form.GetValueOrDefault("client_secret", "");
        if (id.Length == 0 || text.Length == 0)
        {
            return (null, null, GrantError.InvalidRequest($"Missing required parameter: {(id.Length == 0 ? "client_id" : "client_secret")}"));
        }

        if (text.Length > KeyDigest.LongestText || accounts.FindAccount(id) is not { } account)
        {
            return (null, null, UnknownClient);
        }

        var now = time.GetUtcNow();
        var digest = store.DigestOf(text);
        var secret = account.Keys.FirstOrDefault(key => key.IsSecret && key.IsLive(now) && CryptographicOperations.FixedTimeEquals(key.Material, digest));
        return secret is null ? (null, null, UnknownClient) : account.IsEnabled(now) ? (account, secret, null) : (null, null, DisabledClient);
    }

    private GrantAnswer Access(VirtualServiceAccount account, int key)
    {
        var now = time.GetUtcNow();
        var left = account.ExpiresAt is { } end ? (long)(end - now).TotalSeconds : VirtualTokens.Lifetime;
        return GrantAnswer.Of(
            KeyValuePair.Create("access_token", (object)tokens.CreateAccess(account.Id, key, now)),
            KeyValuePair.Create("expires_in", (object)Math.Min(left, VirtualTokens.Lifetime)),
            KeyValuePair.Create("token_type", (object)"Bearer"));
    }
}
