using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Telemetry;

/// <summary>The answer of <c>/health</c>, <c>/health/ready</c> and <c>/health/alive</c>.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>; for readiness also <c>starting</c> and <c>draining</c>.</param>
internal sealed record HealthAnswer(string Status);

/// <summary>The answer of <c>/health/detailed</c>.</summary>
internal sealed record DetailedHealthAnswer(
    string Status, string State, string Version, long UptimeSeconds, long ConfigGeneration, long CallsInFlight,
    IReadOnlyDictionary<string, ComponentHealthAnswer> Components);

/// <summary>One part of the service; reason and details only for administrators.</summary>
internal sealed record ComponentHealthAnswer(string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Details { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(DetailedHealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;

/// <summary>Puts the parts' reports and the life's state together.</summary>
internal sealed class ServiceHealth(
    IEnumerable<IHealthContributor> contributors, IReadiness readiness, IConfigurationSource configuration,
    GatewayMetrics metrics, ServiceClock clock)
{
    private readonly IHealthContributor[] _contributors = [.. contributors.OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>The worst of all parts.</summary>
    public HealthStatus Overall => _contributors.Length == 0 ? HealthStatus.Healthy : _contributors.Max(c => c.Check().Status);

    /// <summary>True when new calls should be sent here, with the word that says why or why not.</summary>
    public (bool Ready, string Status) Readiness() => readiness.State switch
    {
        ServiceState.Starting => (false, "starting"),
        ServiceState.Draining => (false, "draining"),
        _ => Overall == HealthStatus.Unhealthy ? (false, "unhealthy") : (true, "ready"),
    };

    public DetailedHealthAnswer Detailed(bool forAdministrator)
    {
        var components = new Dictionary<string, ComponentHealthAnswer>(StringComparer.Ordinal);
        var worst = HealthStatus.Healthy;
        foreach (var contributor in _contributors)
        {
            var report = contributor.Check();
            worst = report.Status > worst ? report.Status : worst;
            components[contributor.Name] = new ComponentHealthAnswer(Word(report.Status))
            {
                Reason = forAdministrator ? report.Reason : null,
                Details = forAdministrator ? report.Details : null,
            };
        }

        return new DetailedHealthAnswer(
            Word(worst), State(readiness.State), BuildInfo.Version, (long)clock.Uptime.TotalSeconds,
            configuration.Current.Generation, metrics.InFlight, components);
    }

    public static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private static string State(ServiceState state) => state switch
    {
        ServiceState.Starting => "starting",
        ServiceState.Serving => "serving",
        _ => "draining",
    };
}
