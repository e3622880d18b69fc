using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Sluice.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>
    /// Metrics, traces, health and readiness. Others add <see cref="IHealthContributor"/> singletons and gauges
    /// (<see cref="GatewayMetrics.RegisterGauge"/>).
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<ServiceClock>();
        services.AddSingleton<IReadiness, Readiness>();
        services.AddSingleton<ServiceHealth>();
        services.AddSingleton<PrometheusExposition>();
        services.AddSingleton<CallLog>();
        services.AddHostedService(provider => new OtlpExport(
            Environment.GetEnvironmentVariable, provider.GetRequiredService<ILogger<OtlpExport>>()));
        return services;
    }
}
