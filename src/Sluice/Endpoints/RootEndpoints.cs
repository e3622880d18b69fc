using Sluice.Auth;
using Sluice.Protocol.Canonical;
using Sluice.Telemetry;

namespace Sluice.Endpoints;

/// <summary>The root, which clients probe, and every path that is no endpoint.</summary>
internal static class RootEndpoints
{
    public static IEndpointRouteBuilder MapRoot(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", ["HEAD"], static http =>
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        }).WithAccess(Access.Anyone).WithSummary("Whether something answers here");
        routes.MapGet("/", static http => DialectAnswer.WriteJsonAsync(http, About)).WithAccess(Access.Anyone).WithSummary("What answers here");
        var paths = new ModelPaths(routes.ServiceProvider.GetRequiredService<EndpointDataSource>());
        routes.MapFallback("{**path}", http => NotFoundAsync(http, paths)).WithAccess(Access.Anyone).ExcludeFromDescription();
        return routes;
    }

    private static readonly byte[] About = System.Text.Encoding.UTF8.GetBytes(
        $$"""{"name":"sluice","version":"{{BuildInfo.Version}}","docs":"/docs","openapi":"/openapi/v1.json","health":"/health"}""");

    private static Task NotFoundAsync(HttpContext http, ModelPaths paths)
    {
        if (paths.MethodsAt(http.Request.Path) is { Count: > 0 } methods)
        {
            return DialectAnswer.WriteMethodNotAllowedAsync(http, methods);
        }

        var error = new GatewayError(
            ErrorKind.NotFound, "unknown_path", $"There is nothing at {http.Request.Method} {http.Request.Path.Value}. /docs lists what there is.");
        return http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? http.WriteProblemAsync(error)
            : DialectAnswer.WriteErrorAsync(http, DialectAnswer.Of(http.Request), error);
    }
}
