using Sluice.Credentials;
using Sluice.Providers.Transport;
using Sluice.Realtime;
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
        var ledger = app.Services.GetRequiredService<Ledger>();
        var journal = app.Services.GetRequiredService<JournalHealth>();
        metrics.RegisterGauge("sluice_ledger_open_calls", "Calls between their reservation and their outcome.", () => ledger.OpenCallCount);
        metrics.RegisterGauge("sluice_journal_bytes", "Space that the journal takes on the disk.", () => journal.Journal?.BytesOnDisk ?? 0);
        metrics.RegisterGauge("sluice_journal_commits", "Commits of the journal since the start.", () => journal.Journal?.FlushCount ?? 0);
        metrics.RegisterGauge("sluice_journal_accepts_calls", "1 while new calls are taken, 0 while the journal cannot be written.", () => journal.Journal?.AcceptsReserve is false ? 0 : 1);
        metrics.RegisterGauge("sluice_upstream_connections", "Connections that are open to upstreams, idle or in use.", () => transport.OpenConnections);
        var sessions = app.Services.GetRequiredService<RealtimeSessions>();
        metrics.RegisterGauge("sluice_realtime_sessions", "Realtime sessions that are open.", () => sessions.Count);
        return app;
    }
}
