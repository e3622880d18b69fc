using System.Text.Json.Nodes;
using Sluice.Mcp.Servers;
using Sluice.Telemetry;

namespace Sluice.Mcp;

/// <summary>Says in <c>/health</c> how the MCP servers stand. Degraded at worst: models are served without them.</summary>
internal sealed class McpHealth(McpServers servers) : IHealthContributor
{
    public string Name => "mcp";

    public HealthReport Check()
    {
        var all = servers.All.Values.OrderBy(server => server.Config.Name, StringComparer.Ordinal).ToList();
        var down = all.Where(server => server.Status.State == ServerState.Down).Select(server => server.Config.Name).ToList();
        var details = new JsonObject();
        all.ForEach(server => details[server.Config.Name] = WordOf(server.Status.State));
        return down.Count == 0
            ? new HealthReport(HealthStatus.Healthy) { Details = details }
            : new HealthReport(HealthStatus.Degraded, $"MCP servers are down: {string.Join(", ", down)}. GET /api/admin/mcp says why.") { Details = details };
    }

    public static string WordOf(ServerState state) => state switch
    {
        ServerState.Connecting => "connecting",
        ServerState.Ready => "ready",
        _ => "down",
    };
}
