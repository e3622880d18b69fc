using Sluice.Auth;
using Sluice.Pipeline;
using Sluice.Protocol;

namespace Sluice.Endpoints;

/// <summary>Maps paths to operations. Handlers are plain delegates: nothing is bound, the pipeline reads what it needs.</summary>
internal static class ModelEndpoints
{
    /// <summary>A model call whose model stands in the body.</summary>
    public static void MapOperation(this IEndpointRouteBuilder routes, string path, Operation operation, string summary)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<GatewayPipeline>();
        routes.MapPost(path, http => pipeline.RunAsync(http, operation))
            .WithAccess(Access.Pipeline)
            .WithName(operation.Name)
            .WithTags(operation.Dialect.Name())
            .WithSummary(summary);
    }

    /// <summary>A call about an answer that is kept, whose id stands in the path.</summary>
    public static void MapKept(this IEndpointRouteBuilder routes, string path, Operation operation, string summary)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<GatewayPipeline>();
        routes.MapMethods(path, [operation.Method], http => pipeline.RunAsync(http, operation, (string?)http.Request.RouteValues["id"] ?? ""))
            .WithAccess(Access.Pipeline)
            .WithName(operation.Name)
            .WithTags(operation.Dialect.Name())
            .WithSummary(summary);
    }
}
