using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Accounts;
using Sluice.Auth.Protection;
using Sluice.Auth.Tokens;
using Sluice.Protocol.Canonical;
using Sluice.Storage;

namespace Sluice.Admin.Accounts;

/// <summary><c>POST /token</c>, RFC 6749: the grants password, refresh_token and client_credentials, as a form.</summary>
internal sealed class TokenEndpoint(PasswordSignIn signIn, SessionTokens tokens, AccessTokens accessTokens, ICallerRegistry callers, AttemptGuard guard)
{
    private const long LargestForm = 16 * 1024;
    private const string Form = "application/x-www-form-urlencoded";

    public void Map(IEndpointRouteBuilder routes)
        => routes.MapOperation("POST", "/token", "OAuth 2.0 tokens by password, refresh token or API key; takes a form", RunAsync)
            .Answers<TokenItem>().WithTags("Accounts").WithAccess(Access.Anyone);

    private async Task RunAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } form)
        {
            return;
        }

        switch (form["grant_type"].ToString())
        {
            case "password":
                await PasswordAsync(context, form);
                break;
            case "refresh_token":
                await RefreshAsync(context, form["refresh_token"].ToString());
                break;
            case "client_credentials":
                await ClientCredentialsAsync(context, form);
                break;
            case "":
                await RefuseAsync(context, 400, "invalid_request", "grant_type is missing.");
                break;
            default:
                await RefuseAsync(context, 400, "unsupported_grant_type", "grant_type must be password, refresh_token or client_credentials.");
                break;
        }
    }

    private async Task PasswordAsync(HttpContext context, IFormCollection form)
    {
        if (!form.ContainsKey("username") || !form.ContainsKey("password"))
        {
            await RefuseAsync(context, 400, "invalid_request", "username and password are needed.");
            return;
        }

        var (user, error) = await signIn.CheckAsync(form["username"], form["password"], context.Connection.RemoteIpAddress);
        await (user is not null ? SessionTokens.WriteAsync(context, await tokens.BeginAsync(context, user.Id))
            : error is { Kind: ErrorKind.RateLimited } ? WaitAsync(context, error)
            : RefuseAsync(context, 400, "invalid_grant", error!.Message));
    }

    private async Task RefreshAsync(HttpContext context, string refreshToken)
    {
        if (refreshToken.Length == 0)
        {
            await RefuseAsync(context, 400, "invalid_request", "refresh_token is missing.");
            return;
        }

        var (item, _) = await tokens.RefreshAsync(refreshToken);
        await (item is null ? RefuseAsync(context, 400, "invalid_grant", AccountErrors.BadRefreshToken.Message) : SessionTokens.WriteAsync(context, item));
    }

    private async Task ClientCredentialsAsync(HttpContext context, IFormCollection form)
    {
        var (id, text) = Basic(context.Request.Headers.Authorization) ?? (form["client_id"].ToString(), form["client_secret"].ToString());
        if (id.Length == 0 || text.Length == 0)
        {
            await RefuseAsync(context, 401, "invalid_client", "An API key's id and text are needed, as client_id and client_secret or as Basic authorization.");
            return;
        }

        if (guard.Begin(context.Connection.RemoteIpAddress, null, out var attempt) is { } wait)
        {
            await WaitAsync(context, PasswordSignIn.LockedOut(wait));
            return;
        }

        if (callers.Find(text) is not { SessionId: null } caller || (id != caller.KeyId && id != IdOfFile(caller)))
        {
            attempt.Fail();
            await RefuseAsync(context, 401, "invalid_client", "There is no API key of this id and text.");
            return;
        }

        attempt.Succeed();
        await SessionTokens.WriteAsync(context, new TokenItem(
            await accessTokens.CreateAsync(caller.AccountId ?? caller.KeyId, caller.KeyId), SessionTokens.TokenType, accessTokens.LifetimeSeconds, null));
    }

    /// <summary>The id under which lists show a key of the file.</summary>
    private static string? IdOfFile(Caller caller)
        => caller.KeyId.StartsWith("file:", StringComparison.Ordinal) ? RandomId.Derive("key_", "file", caller.KeyName) : null;

    /// <summary>Id and text of Basic authorization, form-encoded as RFC 6749 §2.3.1 asks; null when the header is absent or something else.</summary>
    private static (string Id, string Text)? Basic(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[value.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length))
        {
            return ("", "");
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? ("", "") : (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    /// <summary>The form; null when it was refused. A parameter that stands twice is one that two readers could read in two ways.</summary>
    private static async Task<IFormCollection?> ReadAsync(HttpContext context)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim();
        if (!string.Equals(type, Form, StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, 400, "invalid_request", $"The body must be a form: send 'content-type: {Form}'.");
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestForm;
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (form.All(field => field.Value.Count == 1))
            {
                return form;
            }

            await RefuseAsync(context, 400, "invalid_request", "A parameter stands twice.");
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            await RefuseAsync(context, 400, "invalid_request", "The form cannot be read, or is larger than 16 KiB.");
        }

        return null;
    }

    private static Task WaitAsync(HttpContext context, GatewayError error)
    {
        var seconds = (long)Math.Max(1, Math.Ceiling(error.RetryAfter!.Value.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return RefuseAsync(context, error.Status, "temporarily_unavailable", error.Message);
    }

    private static Task RefuseAsync(HttpContext context, int status, string error, string description)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"sluice\"";
        }

        return context.WriteJsonAsync(new TokenErrorItem(error, description), AccountJson.Default.TokenErrorItem, status);
    }
}
