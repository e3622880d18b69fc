using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Telemetry;

namespace Sluice.Usage;

/// <summary>
/// Says in <c>/health</c> whether the database keeps up with the account. A queue that is half full is one that has not been
/// emptied for seconds of the heaviest traffic: the disk is slow, full, or gone.
/// </summary>
internal sealed class UsageQueueHealth(UsageQueue queue) : IHealthContributor
{
    public string Name => "usage";

    public HealthReport Check()
    {
        var waiting = queue.Count;
        var behind = waiting > UsageQueue.Capacity / 2;
        return new HealthReport(behind ? HealthStatus.Degraded : HealthStatus.Healthy, behind ? Reason(waiting) : null)
        {
            Details = new JsonObject { ["waiting"] = waiting, ["capacity"] = UsageQueue.Capacity },
        };
    }

    private static string Reason(int waiting) => string.Create(
        CultureInfo.InvariantCulture,
        $"{waiting} usage records wait for the database; none is lost, the journal has them. When {UsageQueue.Capacity} do, new calls wait too: look at the disk of the data folder.");
}
