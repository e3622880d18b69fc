using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sluice.Auth;
using Sluice.Telemetry;

namespace Sluice.Endpoints;

/// <summary>
/// <c>/health</c> and <c>/metrics</c>. They are for anyone, because load balancers and scrapers carry no key: so they show
/// no key, user, account or address. What only concerns the operator (reasons and details of health, money) is added when
/// the request carries an administrator's key.
/// </summary>
internal static class OperationEndpoints
{
    private static readonly string[] Methods = ["GET", "HEAD"];

    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithAccess(Access.Anyone).WithTags("Operation");
        group.AddEndpointFilter(static async (context, next) =>
        {
            context.HttpContext.Response.Headers[HeaderNames.CacheControl] = "no-store";
            return await next(context);
        });
        foreach (var prefix in (string[])["/health", "/api/health"])
        {
            MapHealth(group, prefix);
        }

        foreach (var path in (string[])["/metrics", "/health/metrics", "/api/health/metrics"])
        {
            group.MapMethods(path, Methods, Metrics).WithSummary("Metrics in the Prometheus text format");
        }

        return endpoints;
    }

    private static void MapHealth(RouteGroupBuilder group, string prefix)
    {
        group.MapMethods(prefix, Methods, Basic).WithSummary("Whether the service is well")
            .Produces<HealthAnswer>();
        group.MapMethods($"{prefix}/detailed", Methods, Detailed).WithSummary("The health of every part")
            .Produces<DetailedHealthAnswer>();
        group.MapMethods($"{prefix}/ready", Methods, Ready).WithSummary("Whether new calls should be sent here")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        foreach (var name in (string[])["alive", "live"])
        {
            group.MapMethods($"{prefix}/{name}", Methods, Alive).WithSummary("Whether the process answers")
                .Produces<HealthAnswer>();
        }
    }

    // 200 even when degraded or unhealthy: this is for people and dashboards, /ready is for load balancers.
    private static JsonHttpResult<HealthAnswer> Basic(ServiceHealth health) =>
        Answer(new HealthAnswer(ServiceHealth.Word(health.Overall)), StatusCodes.Status200OK);

    private static JsonHttpResult<DetailedHealthAnswer> Detailed(HttpContext context, ServiceHealth health, ICallerRegistry callers) =>
        TypedResults.Json(health.Detailed(IsAdministrator(context.Request, callers)), HealthJson.Default.DetailedHealthAnswer);

    private static JsonHttpResult<HealthAnswer> Ready(ServiceHealth health)
    {
        var (ready, status) = health.Readiness();
        return Answer(new HealthAnswer(status), ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static JsonHttpResult<HealthAnswer> Alive() => Answer(new HealthAnswer("alive"), StatusCodes.Status200OK);

    private static FileContentHttpResult Metrics(HttpContext context, PrometheusExposition exposition, ICallerRegistry callers)
    {
        var text = new ArrayBufferWriter<byte>(16 * 1024);
        exposition.Write(text, IsAdministrator(context.Request, callers));
        return TypedResults.Bytes(text.WrittenMemory, PrometheusWriter.ContentType);
    }

    private static JsonHttpResult<HealthAnswer> Answer(HealthAnswer answer, int status) =>
        TypedResults.Json(answer, HealthJson.Default.HealthAnswer, statusCode: status);

    private static bool IsAdministrator(HttpRequest request, ICallerRegistry callers) =>
        CredentialExtractor.Extract(request, allowQuery: false, out var credential) is null
        && !credential.IsEmpty
        && callers.Find(credential.Text) is { IsAdministrator: true };
}
