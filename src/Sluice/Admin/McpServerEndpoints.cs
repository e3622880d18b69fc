using Sluice.Admin.Http;
using Sluice.Mcp;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Servers;
using Sluice.Storage;

namespace Sluice.Admin;

/// <summary><c>/api/admin/mcp</c>: the MCP servers. They can be looked at only: a server may be a command, and no API takes commands.</summary>
internal sealed class McpServerEndpoints(McpServers servers)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/mcp", "MCP");
        group.MapOperation("GET", "", "List the MCP servers with their state and tools", context => context.WritePageAsync(Items(), AdminJson.Default.PageMcpServerItem))
            .Takes(OperationMetadata.Paging).Answers<Page<McpServerItem>>();
        group.MapOperation("GET", "/{id}", "Show an MCP server", context => context.WriteItemAsync(Items(), AdminJson.Default.McpServerItem)).Answers<McpServerItem>();
    }

    private IEnumerable<McpServerItem> Items()
        => servers.All.Values.OrderBy(server => server.Config.Name, StringComparer.Ordinal).Select(Item);

    private static McpServerItem Item(McpServer server, int index)
    {
        var status = server.Status;
        return new McpServerItem
        {
            Id = RandomId.Derive("mcps_", server.Config.Name),
            Name = server.Config.Name,
            Transport = server.Config.Transport,
            State = McpHealth.WordOf(status.State),
            Reason = status.Reason,
            Since = status.Since,
            ProtocolVersion = status.Version.Length == 0 ? null : status.Version,
            ListedAt = status.ListedAt,
            PriceNanoUsd = server.NanoUsdPerCall,
            Tools = Tools(status.Catalog.Tools),
            Prompts = Tools(status.Catalog.Prompts),
            Resources = status.Catalog.Resources.Length + status.Catalog.Templates.Length,
            Position = -1 - index,
        };
    }

    private static McpToolItem[] Tools(CatalogEntry[] entries) => [.. entries.Select(entry => new McpToolItem(entry.Name, entry.Shown))];
}
