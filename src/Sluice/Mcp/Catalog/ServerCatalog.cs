using System.Collections.Frozen;

namespace Sluice.Mcp.Catalog;

/// <summary>Everything that a server offers, as it was last listed.</summary>
internal sealed class ServerCatalog
{
    private readonly FrozenDictionary<string, CatalogEntry> _tools;
    private readonly FrozenDictionary<string, CatalogEntry> _prompts;

    public ServerCatalog(CatalogEntry[] tools, CatalogEntry[] prompts, CatalogEntry[] resources, CatalogEntry[] templates)
    {
        (Tools, Prompts, Resources, Templates) = (tools, prompts, resources, templates);
        _tools = tools.ToFrozenDictionary(entry => entry.Shown, StringComparer.Ordinal);
        _prompts = prompts.ToFrozenDictionary(entry => entry.Shown, StringComparer.Ordinal);
    }

    public static ServerCatalog Empty { get; } = new([], [], [], []);

    public CatalogEntry[] Tools { get; }

    public CatalogEntry[] Prompts { get; }

    public CatalogEntry[] Resources { get; }

    /// <summary>Resource templates; their name is the URI template.</summary>
    public CatalogEntry[] Templates { get; }

    public CatalogEntry? Tool(string shown) => _tools.GetValueOrDefault(shown);

    public CatalogEntry? Prompt(string shown) => _prompts.GetValueOrDefault(shown);

    /// <summary>What a client that knew the other catalogue must be told to list again.</summary>
    public CatalogParts DifferenceFrom(ServerCatalog other)
        => (Same(Tools, other.Tools) ? CatalogParts.None : CatalogParts.Tools)
            | (Same(Prompts, other.Prompts) ? CatalogParts.None : CatalogParts.Prompts)
            | (Same(Resources, other.Resources) && Same(Templates, other.Templates) ? CatalogParts.None : CatalogParts.Resources);

    private static bool Same(CatalogEntry[] one, CatalogEntry[] other)
        => one.Length == other.Length && one.Zip(other).All(pair => pair.First.Name == pair.Second.Name && pair.First.Json.AsSpan().SequenceEqual(pair.Second.Json));
}

/// <summary>The lists that a server has.</summary>
[Flags]
internal enum CatalogParts
{
    None = 0,
    Tools = 1,
    Prompts = 2,
    Resources = 4,
    All = Tools | Prompts | Resources,
}
