using Sluice.Auth;
using Sluice.Mcp.Calls;
using Sluice.Mcp.Sessions;
using Sluice.Telemetry;

namespace Sluice.Mcp;

internal static class McpRegistration
{
    /// <summary>Adds the MCP gateway. Needs configuration, API keys, limits, budgets, the ledger and telemetry.</summary>
    public static IServiceCollection AddMcp(this IServiceCollection services)
    {
        services.AddSingleton<McpServers>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServers>());
        services.AddSingleton<IHealthContributor, McpHealth>();
        services.AddSingleton<McpSessions>();
        services.AddSingleton<McpLifetime>();
        services.AddSingleton<ChangeStream>();
        services.AddSingleton<ToolAccount>();
        services.AddSingleton<ToolCallLane>();
        services.AddSingleton<McpMethods>();
        services.AddSingleton<McpEndpoint>();
        return services;
    }

    /// <summary>Maps <c>/mcp</c>.</summary>
    public static IEndpointRouteBuilder MapMcp(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<McpEndpoint>();
        var group = routes.MapGroup("/mcp").WithAccess(Access.Pipeline).WithTags("MCP");
        group.MapMethods("", ["POST"], endpoint.PostAsync).WithSummary("Send a message to the joined MCP servers (streamable HTTP)");
        group.MapMethods("", ["GET"], endpoint.GetAsync).WithSummary("Hear of changed lists in a session");
        group.MapMethods("", ["DELETE"], endpoint.DeleteAsync).WithSummary("End a session");
        return routes;
    }
}
