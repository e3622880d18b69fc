using System.Text.Json;
using Sluice.Configuration;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Catalog;

/// <summary>
/// Turns a server's lists into entries. A server may send anything: what has no usable name is passed over, a name that comes
/// twice counts once, and a list ends at its bound.
/// </summary>
internal sealed class CatalogReader(McpServerConfig server)
{
    /// <summary>The most entries of one list; a model could not choose among more.</summary>
    public const int MostEntries = 1000;

    private const int LongestName = 256;
    private const int LongestUri = 4096;
    private const int MostHeaderArguments = 16;

    /// <summary>Tools or prompts: the name is joined with the server's.</summary>
    public CatalogEntry[] Named(IEnumerable<JsonElement> items, bool areTools)
    {
        var plain = new Dictionary<string, CatalogEntry>(StringComparer.Ordinal);
        var altered = new Dictionary<string, CatalogEntry>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var name = TextOf(item, "name");
            if (name.Length is 0 or > LongestName || (areTools && !HasSchema(item)) || !IsOffered(name))
            {
                continue;
            }

            var shown = JoinedName.Of(server.Name, name, out var isAltered);
            var entry = new CatalogEntry(server.Name, name, shown, Renamed(item, shown)) { HeaderArguments = areTools ? HeaderArguments(item) : [] };
            (isAltered ? altered : plain).TryAdd(shown, entry);
        }

        // A name that a server has made to look like an altered one keeps its place: what it names is not in doubt.
        return Sorted(plain.Values.Concat(altered.Values.Where(entry => !plain.ContainsKey(entry.Shown))));
    }

    /// <summary>Resources or their templates: their addresses are not changed, because results and other servers speak of them.</summary>
    public CatalogEntry[] Addressed(IEnumerable<JsonElement> items, string member)
    {
        var entries = new Dictionary<string, CatalogEntry>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var uri = TextOf(item, member);
            if (uri.Length is > 0 and <= LongestUri)
            {
                entries.TryAdd(uri, new CatalogEntry(server.Name, uri, uri, Renamed(item, null)));
            }
        }

        return Sorted(entries.Values);
    }

    private bool IsOffered(string name)
    {
        foreach (var pattern in server.Tools)
        {
            if (NamePattern.Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    private static CatalogEntry[] Sorted(IEnumerable<CatalogEntry> entries) => [.. entries.OrderBy(entry => entry.Shown, StringComparer.Ordinal)];

    private static byte[] Renamed(JsonElement item, string? shown) => RpcWriter.Object(json =>
    {
        if (shown is not null)
        {
            json.WriteString("name", shown);
        }

        RpcWriter.WriteMembers(json, item, name => shown is null || name != "name");
    });

    private static bool HasSchema(JsonElement item) => item.TryGetProperty("inputSchema", out var schema) && schema.ValueKind == JsonValueKind.Object;

    private static string TextOf(JsonElement item, string member)
        => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static List<HeaderArgument> HeaderArguments(JsonElement tool)
    {
        var found = new List<HeaderArgument>();
        Search(tool.GetProperty("inputSchema"), []);
        return found;

        void Search(JsonElement schema, string[] path)
        {
            if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            foreach (var property in properties.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Object || found.Count == MostHeaderArguments)
                {
                    continue;
                }

                string[] way = [.. path, property.Name];
                if (TextOf(property.Value, "x-mcp-header") is { Length: > 0 and <= LongestName } header && header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                {
                    found.Add(new HeaderArgument(way, header));
                }

                Search(property.Value, way);
            }
        }
    }
}
