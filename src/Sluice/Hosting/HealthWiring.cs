using Sluice.Credentials;
using Sluice.Providers.Transport;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Hosting;

/// <summary>Joins telemetry with the parts that have something to say: telemetry itself knows none of them.</summary>
internal static class HealthWiring
{
    /// <summary>What the parts say in <c>/health</c>.</summary>
    public static IServiceCollection AddServiceHealth(this IServiceCollection services)
    {
        services.AddSingleton<IHealthContributor, CredentialPoolHealth>();
        services.AddSingleton<IHealthContributor, UsageQueueHealth>();
        return services;
    }

    /// <summary>What the parts show in <c>/metrics</c>; listed in docs/operations/observe.md.</summary>
    public static WebApplication RegisterGauges(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        var queue = app.Services.GetRequiredService<UsageQueue>();
        var transport = app.Services.GetRequiredService<UpstreamTransport>();
        metrics.RegisterGauge("sluice_usage_queue_depth", "Usage records that wait for the database.", () => queue.Count);
        metrics.RegisterGauge("sluice_upstream_connections", "Connections that are open to upstreams, idle or in use.", () => transport.OpenConnections);
        return app;
    }
}
