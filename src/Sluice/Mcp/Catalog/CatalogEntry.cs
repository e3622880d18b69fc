namespace Sluice.Mcp.Catalog;

/// <summary>A tool, prompt, resource or resource template of a server, as clients are shown it.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Name">The server's own name for it; the address of a resource.</param>
/// <param name="Shown">The name that clients use; lists are in the order of these.</param>
/// <param name="Json">The whole object, its name replaced.</param>
internal sealed record CatalogEntry(string Server, string Name, string Shown, byte[] Json)
{
    /// <summary>Arguments that a server of the sessionless revision wants repeated in headers; empty for most.</summary>
    public IReadOnlyList<HeaderArgument> HeaderArguments { get; init; } = [];
}

/// <summary>An argument that is repeated as the header <c>Mcp-Param-{Header}</c> (<c>x-mcp-header</c> of the tool's schema).</summary>
/// <param name="Path">The members that lead to it.</param>
/// <param name="Header">The header's name after <c>Mcp-Param-</c>.</param>
internal sealed record HeaderArgument(IReadOnlyList<string> Path, string Header);
