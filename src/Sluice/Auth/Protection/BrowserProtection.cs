using Microsoft.Extensions.Primitives;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Protection;

/// <summary>What browsers are told: headers that keep answers from being misread or framed, and which pages elsewhere may call (CORS).</summary>
internal static class BrowserProtection
{
    private const string Methods = "GET, POST, PUT, PATCH, DELETE";
    private const string ExposedHeaders = "x-request-id, retry-after, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-sluice-dropped";
    private const string PreflightSeconds = "600";

    /// <summary>Answers preflights and marks answers for the origins of <c>server.cors_origins</c>. Cookies are never allowed from elsewhere.</summary>
    public static IApplicationBuilder UseCrossOrigin(this IApplicationBuilder app)
    {
        var configuration = app.ApplicationServices.GetRequiredService<IConfigurationSource>();
        return app.Use(next => context =>
        {
            var allowed = configuration.Current.Config.Server.CorsOrigins;
            if (allowed.Count == 0 || context.Request.Headers.Origin is not [{ } origin] || !allowed.Contains(origin))
            {
                return next(context);
            }

            var headers = context.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.Vary = "Origin";
            if (HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.AccessControlRequestMethod.Count > 0)
            {
                headers.AccessControlAllowMethods = Methods;
                headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
                headers.AccessControlMaxAge = PreflightSeconds;
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            }

            headers.AccessControlExposeHeaders = ExposedHeaders;
            return next(context);
        });
    }

    /// <summary>The headers of every answer that is Sluice's own. Pages replace the policy by one that lets their own script run.</summary>
    public static void SetSecurityHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["referrer-policy"] = "no-referrer";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = new StringValues("max-age=31536000");
        }
    }
}
