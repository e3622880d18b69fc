using System.Text.Json.Nodes;

namespace Sluice.Telemetry;

/// <summary>How well a part does its work; ordered from good to bad.</summary>
internal enum HealthStatus
{
    Healthy,

    /// <summary>Serves, with something missing: the service as a whole stays ready.</summary>
    Degraded,

    /// <summary>Does not serve: the service as a whole is not ready.</summary>
    Unhealthy,
}

/// <summary>What a part says of itself.</summary>
/// <param name="Status">How well it does.</param>
/// <param name="Reason">One sentence for the operator: what is wrong and what to do; null when healthy. Shown to administrators only.</param>
internal sealed record HealthReport(HealthStatus Status, string? Reason = null)
{
    public static readonly HealthReport Healthy = new(HealthStatus.Healthy);

    /// <summary>Counts and names for administrators, such as credentials by state; never a secret.</summary>
    public JsonObject? Details { get; init; }
}

/// <summary>A part of the service that has something to say in <c>/health</c>. Register it as a singleton.</summary>
internal interface IHealthContributor
{
    /// <summary>Such as <c>database</c>; lower case.</summary>
    string Name { get; }

    /// <summary>Answers from memory: no I/O, no waiting, no exception.</summary>
    HealthReport Check();
}
