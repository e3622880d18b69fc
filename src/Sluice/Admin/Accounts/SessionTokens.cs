using Sluice.Admin.Http;
using Sluice.Auth.Accounts;
using Sluice.Auth.Tokens;

namespace Sluice.Admin.Accounts;

/// <summary>Gives out the tokens of a session.</summary>
internal sealed class SessionTokens(SessionStore sessions, AccessTokens tokens)
{
    public const string TokenType = "Bearer";

    /// <summary>Begins a session for somebody who has proven who they are.</summary>
    public async Task<TokenItem> BeginAsync(HttpContext context, string userId)
        => await ItemAsync(await sessions.BeginAsync(
            userId, context.Request.Headers.UserAgent.ToString(), context.Connection.RemoteIpAddress?.ToString() ?? ""));

    /// <summary>Continues a session; null when the refresh token is not good for that.</summary>
    public async Task<(TokenItem? Tokens, RefreshResult Result)> RefreshAsync(string? refreshToken)
    {
        var result = await sessions.RefreshAsync(refreshToken ?? "");
        return (result.Grant is { } grant ? await ItemAsync(grant) : null, result);
    }

    /// <summary>Answers with the tokens.</summary>
    public static Task WriteAsync(HttpContext context, TokenItem item) => context.WriteJsonAsync(item, AccountJson.Default.TokenItem);

    private async Task<TokenItem> ItemAsync(SessionGrant grant)
        => new(await tokens.CreateAsync(grant.UserId, grant.SessionId), TokenType, tokens.LifetimeSeconds, grant.RefreshToken);
}
