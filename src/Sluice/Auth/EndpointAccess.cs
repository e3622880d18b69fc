using Sluice.Auth.Accounts;
using Sluice.Auth.Protection;
using Sluice.Protocol.Canonical;
using Sluice.Telemetry;

namespace Sluice.Auth;

/// <summary>
/// Enforces the <see cref="EndpointPolicy"/> of <c>/api</c> and its like before anything of the request is validated.
/// Model endpoints (<see cref="Access.Pipeline"/>) pass untouched: the pipeline identifies their caller itself.
/// </summary>
internal static partial class EndpointAccess
{
    private static readonly GatewayError NotAdministrator = new(
        ErrorKind.Forbidden, "administrator_required", "This is for administrators. Use an administrator's API key.");

    private static readonly GatewayError NoAccount = new(
        ErrorKind.Forbidden, "account_required", "This is about the caller's own account, and this API key belongs to none. Sign in, or use a key that a user made.");

    private static readonly GatewayError NoScope = new(
        ErrorKind.Forbidden, "scope_required", "The API key lacks the scope for this: 'account' to change the account, 'account:read' or 'account' to read it.");

    private static readonly GatewayError NoPolicy = new(
        ErrorKind.Forbidden, "no_policy", "Nobody may use this path: it has no access policy.");

    /// <summary>The caller that the policy let through; null on endpoints for anyone and on model endpoints.</summary>
    public static Caller? GetCaller(this HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Refuses what the policy of the endpoint does not allow; place it after routing.</summary>
    public static IApplicationBuilder UseEndpointAccess(this IApplicationBuilder app)
    {
        var callers = app.ApplicationServices.GetRequiredService<ICallerRegistry>();
        var use = app.ApplicationServices.GetRequiredService<KeyUse>();
        return app.Use(next => context => context.GetEndpoint() is not RouteEndpoint endpoint
            ? next(Stamped(context)) // Unknown path or wrong method: nothing to protect, the server answers 404 or 405.
            : endpoint.Metadata.GetMetadata<EndpointPolicy>()?.Access switch
            {
                Access.Pipeline => next(context),
                Access.Anyone => OffTheSocket(next, Stamped(context)),
                { } access => CheckedAsync(next, Stamped(context), access, callers, use),
                null => Stamped(context).WriteProblemAsync(NoPolicy),
            });
    }

    /// <summary>Fails when an endpoint has no policy: called once all are mapped, so that the service does not start with a hole.</summary>
    /// <exception cref="InvalidOperationException">Lists the endpoints without a policy.</exception>
    public static void RequirePolicies(this IEndpointRouteBuilder routes)
    {
        var without = routes.DataSources
            .SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointPolicy>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (without.Count > 0)
        {
            throw new InvalidOperationException(
                $"Endpoints without an access policy (call WithAccess on them): {string.Join(", ", without)}");
        }
    }

    /// <summary>Gives the answer its id; calls of models have one of the pipeline's.</summary>
    private static HttpContext Stamped(HttpContext context)
    {
        context.Response.Headers[RequestId.Header] = RequestId.Next();
        BrowserProtection.SetSecurityHeaders(context);
        return context;
    }

    /// <summary>
    /// Continues on the thread pool. Socket completions run inline on the thread that waits for all sockets, and
    /// handlers of <c>/api</c> read the database, which blocks.
    /// </summary>
    private static async Task OffTheSocket(RequestDelegate next, HttpContext context)
    {
        await Task.Yield();
        await next(context);
    }

    private static async Task CheckedAsync(RequestDelegate next, HttpContext context, Access access, ICallerRegistry callers, KeyUse use)
    {
        var error = CredentialExtractor.Extract(context.Request, allowQuery: false, out var credential);
        var caller = error is null && !credential.IsEmpty ? callers.Find(credential.Text) : null;
        error ??= credential.IsEmpty ? CredentialExtractor.Missing
            : caller is null ? CredentialExtractor.Unknown
            : Refusal(access, caller, context.Request.Method);
        if (error is not null || caller is null)
        {
            await context.WriteProblemAsync(error ?? CredentialExtractor.Unknown);
            return;
        }

        context.Features.Set(caller);
        await Task.Yield();
        use.Note(caller);
        await next(context);
    }

    private static GatewayError? Refusal(Access access, Caller caller, string method) => access switch
    {
        Access.Administrator => caller.IsAdministrator ? null : NotAdministrator,
        Access.Operator => caller.Role >= AccountRole.Operator ? null : NotAdministrator,
        Access.Account when caller.AccountId is null => NoAccount,
        Access.Account => caller.Scopes.HasFlag(HttpMethods.IsGet(method) ? KeyScopes.AccountRead : KeyScopes.Account) ? null : NoScope,
        _ => null,
    };
}
