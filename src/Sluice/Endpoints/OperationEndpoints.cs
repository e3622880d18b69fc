using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;
using Sluice.Auth;
using Sluice.Telemetry;

namespace Sluice.Endpoints;

/// <summary>
/// <c>/health</c> and <c>/metrics</c>. They are for anyone, because load balancers and scrapers carry no key: so they show
/// no key, user, account or address. What only concerns the operator (reasons and details of health, money) is added when
/// the request carries an administrator's key. Plain delegates: bound parameters would load the expression compiler and
/// the API explorer into every process.
/// </summary>
internal sealed class OperationEndpoints(ServiceHealth health, PrometheusExposition exposition, ICallerRegistry callers)
{
    private static readonly string[] Methods = ["GET", "HEAD"];

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithAccess(Access.Anyone).WithTags("Operation");
        foreach (var prefix in (string[])["/health", "/api/health"])
        {
            MapHealth(group, prefix);
        }

        foreach (var path in (string[])["/metrics", "/health/metrics", "/api/health/metrics"])
        {
            group.MapMethods(path, Methods, MetricsAsync).WithSummary("Metrics in the Prometheus text format");
        }
    }

    private void MapHealth(RouteGroupBuilder group, string prefix)
    {
        group.MapMethods(prefix, Methods, BasicAsync).WithSummary("Whether the service is well")
            .WithMetadata(Answers(typeof(HealthAnswer)));
        group.MapMethods($"{prefix}/detailed", Methods, DetailedAsync).WithSummary("The health of every part")
            .WithMetadata(Answers(typeof(DetailedHealthAnswer)));
        group.MapMethods($"{prefix}/ready", Methods, ReadyAsync).WithSummary("Whether new calls should be sent here")
            .WithMetadata(Answers(typeof(HealthAnswer)), Answers(typeof(HealthAnswer), StatusCodes.Status503ServiceUnavailable));
        foreach (var name in (string[])["alive", "live"])
        {
            group.MapMethods($"{prefix}/{name}", Methods, AliveAsync).WithSummary("Whether the process answers")
                .WithMetadata(Answers(typeof(HealthAnswer)));
        }
    }

    // 200 even when degraded or unhealthy: this is for people and dashboards, /ready is for load balancers.
    private Task BasicAsync(HttpContext http)
        => WriteAsync(http, new HealthAnswer(ServiceHealth.Word(health.Overall)), HealthJson.Default.HealthAnswer);

    private Task DetailedAsync(HttpContext http)
        => WriteAsync(http, health.Detailed(IsAdministrator(http.Request)), HealthJson.Default.DetailedHealthAnswer);

    private Task ReadyAsync(HttpContext http)
    {
        var (ready, status) = health.Readiness();
        http.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(http, new HealthAnswer(status), HealthJson.Default.HealthAnswer);
    }

    private static Task AliveAsync(HttpContext http) => WriteAsync(http, new HealthAnswer("alive"), HealthJson.Default.HealthAnswer);

    private Task MetricsAsync(HttpContext http)
    {
        var text = new ArrayBufferWriter<byte>(16 * 1024);
        exposition.Write(text, IsAdministrator(http.Request));
        return WriteAsync(http, text.WrittenMemory, PrometheusWriter.ContentType);
    }

    private static Task WriteAsync<T>(HttpContext http, T answer, JsonTypeInfo<T> type)
        => WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(answer, type), "application/json; charset=utf-8");

    private static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body, string contentType)
    {
        http.Response.Headers[HeaderNames.CacheControl] = "no-store";
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private static ProducesResponseTypeMetadata Answers(Type type, int status = StatusCodes.Status200OK)
        => new(status, type, ["application/json"]);

    private bool IsAdministrator(HttpRequest request) =>
        CredentialExtractor.Extract(request, allowQuery: false, out var credential) is null
        && !credential.IsEmpty
        && callers.Find(credential.Text) is { IsAdministrator: true };
}

internal static class OperationEndpointsExtensions
{
    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder endpoints)
    {
        ActivatorUtilities.CreateInstance<OperationEndpoints>(endpoints.ServiceProvider).Map(endpoints);
        return endpoints;
    }
}
