using Sluice.Auth;
using Sluice.Pipeline;
using Sluice.Protocol;

namespace Sluice.Realtime;

/// <summary>OpenAI's realtime sessions: <c>/v1/realtime?model=…</c>, a WebSocket.</summary>
internal static class RealtimeEndpoints
{
    private const string Path = "/v1/realtime";

    /// <summary>Lets requests of the path become WebSockets; place it after routing. Other paths do not pay for it.</summary>
    public static IApplicationBuilder UseRealtime(this IApplicationBuilder app)
        => app.UseWhen(static http => http.Request.Path.Value == Path, static branch => branch.UseWebSockets());

    public static IEndpointRouteBuilder MapRealtime(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<GatewayPipeline>();
        var gateway = routes.ServiceProvider.GetRequiredService<RealtimeGateway>();
        routes.MapGet(Path, Serve)
            .WithAccess(Access.Pipeline)
            .WithName(Operation.Realtime.Name)
            .WithTags(Operation.Realtime.Dialect.Name())
            .WithSummary("Realtime session: upgrades to a WebSocket; the query names the model");

        // HTTP/2 opens a WebSocket with an extended CONNECT (RFC 8441).
        routes.MapMethods(Path, [HttpMethods.Connect], Serve).WithAccess(Access.Pipeline).ExcludeFromDescription();
        return routes;

        Task Serve(HttpContext http)
        {
            string? model = http.Request.Query["model"];
            return pipeline.RunAsync(http, Operation.Realtime, model ?? "", gateway.ServeAsync);
        }
    }
}
