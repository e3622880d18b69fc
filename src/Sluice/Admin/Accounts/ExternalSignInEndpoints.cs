using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.SignIn;
using Sluice.Auth.Tokens;
using Sluice.Protocol.Canonical;

namespace Sluice.Admin.Accounts;

/// <summary>Signing in with GitHub and OpenID providers, and linking them to an account. A provider that is not set up is not there.</summary>
internal sealed class ExternalSignInEndpoints(
    ExternalProviders providers, SignInAttempts attempts, ExternalAccounts accounts, SessionTokens tokens, AccessTokens issuer)
{
    private const string Cookie = "sluice_sign_in";
    private const string CookiePath = "/api/auth";

    private static readonly QueryParameter Provider = new("provider", "github, or the name of an OpenID provider.");

    private static readonly GatewayError BadState = new(
        ErrorKind.Forbidden, "invalid_state", "The sign-in is unknown, finished, older than ten minutes, or was begun in another browser. Begin again.");

    private static readonly GatewayError ProviderFailed = new(
        ErrorKind.UpstreamFailed, "identity_provider_failed", "The identity provider did not say who has signed in. Begin again; if it stays so, an administrator should look at its settings.");

    private static readonly GatewayError NoAddress = new(
        ErrorKind.Forbidden, "email_required", "The identity provider tells no e-mail address, without which there is no account here.");

    private static readonly GatewayError Linked = new(
        ErrorKind.Conflict, "identity_linked", "This sign-in belongs to another account already.");

    private static readonly GatewayError Disabled = new(
        ErrorKind.Forbidden, "account_disabled", "The account is disabled. Ask an administrator.");

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth");
        group.WithTags("Accounts");
        group.MapOperation("GET", "/login", "Begin to sign in elsewhere; browsers are sent there", context => BeginAsync(context, null))
            .Takes(Provider).Answers<SignInItem>().WithAccess(Access.Anyone);
        group.MapOperation("POST", "/callback", "Finish to sign in elsewhere, in the browser that began", FinishAsync)
            .Takes<CallbackBody>().Answers<TokenItem>().WithAccess(Access.Anyone);
        group.MapOperation("POST", "/link", "Begin to link a sign-in elsewhere to the own account", context => BeginAsync(context, context.AccountId()))
            .Takes(Provider).Answers<SignInItem>().WithAccess(Access.Account);
    }

    private async Task BeginAsync(HttpContext context, string? linkTo)
    {
        var name = context.Request.Query["provider"].ToString();
        if (providers.Find(name) is not { } provider)
        {
            await context.WriteProblemAsync(AccountErrors.Absent);
            return;
        }

        var request = new SignInRequest(SignInSecrets.Create(), SignInSecrets.Create(), SignInSecrets.Create(), issuer.Issuer + "/auth/callback");
        if (await provider.AuthorizeUrlAsync(request, context.RequestAborted) is not { } url)
        {
            await context.WriteProblemAsync(ProviderFailed);
            return;
        }

        var browser = SignInSecrets.Create();
        await attempts.AddAsync(new SignInAttempt(name, request, linkTo), browser);
        context.Response.Cookies.Append(Cookie, browser, Options(context, SignInAttempts.Lifetime));
        context.Response.Headers.CacheControl = "no-store";
        if (linkTo is null && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect(url);
            return;
        }

        await context.WriteJsonAsync(new SignInItem(url, request.State), AccountJson.Default.SignInItem);
    }

    private async Task FinishAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.CallbackBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var code = check.Secret("code", body.Code).Reveal();
        var state = check.Secret("state", body.State).Reveal();
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (context.Request.Cookies[Cookie] is not { Length: > 0 } browser || await attempts.TakeAsync(state, browser) is not { } attempt)
        {
            await context.WriteProblemAsync(BadState);
            return;
        }

        context.Response.Cookies.Delete(Cookie, Options(context, TimeSpan.Zero));
        if (providers.Find(attempt.Provider) is not { } provider || await provider.ExchangeAsync(attempt.Request, code, context.RequestAborted) is not { } identity)
        {
            await context.WriteProblemAsync(ProviderFailed);
            return;
        }

        var (user, refusal) = await accounts.ResolveAsync(attempt.Provider, identity, attempt.UserId);
        if (user is null)
        {
            await context.WriteProblemAsync(ErrorOf(refusal));
            return;
        }

        await SessionTokens.WriteAsync(context, await tokens.BeginAsync(context, user));
    }

    private static GatewayError ErrorOf(ExternalRefusal refusal) => refusal switch
    {
        ExternalRefusal.RegistrationClosed => AccountErrors.RegistrationClosed,
        ExternalRefusal.AddressTaken => AccountErrors.EmailTaken,
        ExternalRefusal.NoAddress => NoAddress,
        ExternalRefusal.Linked => Linked,
        _ => Disabled,
    };

    /// <summary>Lax: the browser comes back from elsewhere.</summary>
    private static CookieOptions Options(HttpContext context, TimeSpan lifetime) => new()
    {
        HttpOnly = true,
        Secure = context.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = CookiePath,
        MaxAge = lifetime,
    };
}

/// <param name="Url">Where the browser goes.</param>
/// <param name="State">Comes back with the code.</param>
internal sealed record SignInItem(string Url, string State);

internal sealed record CallbackBody(string? Code = null, string? State = null);
