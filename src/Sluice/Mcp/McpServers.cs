using System.Collections.Frozen;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Servers;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Mcp;

/// <summary>
/// The servers of the configuration. A reload leaves those alone whose settings are as before, starts new ones and ends those
/// that are gone; who waits for changes is told.
/// </summary>
internal sealed class McpServers(IConfigurationSource configuration, TimeProvider time, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private FrozenDictionary<string, McpServer> _servers = FrozenDictionary<string, McpServer>.Empty;
    private int _longestMessage;
    private bool _ended;

    /// <summary>Raised when what is offered has changed; handlers are quick.</summary>
    public event Action<CatalogParts>? Changed;

    /// <summary>All servers by name.</summary>
    public IReadOnlyDictionary<string, McpServer> All => Volatile.Read(ref _servers);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        configuration.Changed += Apply;
        Apply(configuration.Current);
        return Task.CompletedTask;
    }

    /// <summary>Ends all servers, programs included; the calls have ended before.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        configuration.Changed -= Apply;
        FrozenDictionary<string, McpServer> servers;
        lock (_lock)
        {
            _ended = true;
            servers = Interlocked.Exchange(ref _servers, FrozenDictionary<string, McpServer>.Empty);
        }

        await Task.WhenAll(servers.Values.Select(server => server.DisposeAsync().AsTask()));
    }

    /// <summary>The server of that name; null when there is none.</summary>
    public McpServer? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Waits for servers that have just been added, each a short while, all at the same time.</summary>
    public async ValueTask ListedAsync(CancellationToken cancellationToken)
    {
        foreach (var wait in All.Values.Where(server => server.Status.State == ServerState.Connecting).Select(server => server.FirstListedAsync(cancellationToken).AsTask()).ToList())
        {
            await wait;
        }
    }

    /// <summary>The tool that a caller means; null when it is unknown or the caller may not use it, which nobody can tell apart.</summary>
    public (McpServer Server, CatalogEntry Entry)? FindTool(Caller caller, string shown) => Find(caller, shown, static (catalog, name) => catalog.Tool(name));

    public (McpServer Server, CatalogEntry Entry)? FindPrompt(Caller caller, string shown) => Find(caller, shown, static (catalog, name) => catalog.Prompt(name));

    /// <summary>The server of a resource: the first that lists it, else the first with a template that it fits.</summary>
    public McpServer? FindResource(Caller caller, string uri)
    {
        var open = All.Values.Where(server => caller.Mcp.AllowsAll(server.Config.Name)).OrderBy(server => server.Config.Name, StringComparer.Ordinal).ToList();
        return open.Find(server => server.Status.Catalog.Resources.Any(entry => entry.Name == uri))
            ?? open.Find(server => server.Status.Catalog.Templates.Any(entry => UriTemplate.Matches(entry.Name, uri)));
    }

    /// <summary>What a caller is shown of a list, in the order of the names.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="list">Chooses the list; its entries are in order.</param>
    /// <param name="named">True for tools and prompts, which are allowed by name; resources come with their whole server.</param>
    public List<CatalogEntry> Offered(Caller caller, Func<ServerCatalog, CatalogEntry[]> list, bool named)
    {
        var offered = new List<CatalogEntry>();
        foreach (var server in All.Values)
        {
            if (named)
            {
                offered.AddRange(list(server.Status.Catalog).Where(entry => caller.Mcp.Allows(entry.Server, entry.Name)));
            }
            else if (caller.Mcp.AllowsAll(server.Config.Name))
            {
                offered.AddRange(list(server.Status.Catalog));
            }
        }

        offered.Sort(static (one, other) => string.CompareOrdinal(one.Shown, other.Shown) is not 0 and var order ? order : string.CompareOrdinal(one.Server, other.Server));
        return offered;
    }

    private (McpServer, CatalogEntry)? Find(Caller caller, string shown, Func<ServerCatalog, string, CatalogEntry?> find)
        => Find(JoinedName.ServerOf(shown)) is { } server && find(server.Status.Catalog, shown) is { } entry && caller.Mcp.Allows(entry.Server, entry.Name)
            ? (server, entry)
            : null;

    private void Apply(ConfigSnapshot snapshot)
    {
        var config = snapshot.Config.Mcp;
        var gone = new List<McpServer>();
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            var before = _servers;
            var bound = config.MaxMessageBytes;
            var next = new Dictionary<string, McpServer>(StringComparer.Ordinal);
            foreach (var server in config.Servers)
            {
                next[server.Name] = before.TryGetValue(server.Name, out var known) && bound == _longestMessage && known.Config.SameAs(server)
                    ? known
                    : new McpServer(server, bound, Tell, time, loggers.CreateLogger<McpServer>());
            }

            _longestMessage = bound;
            gone.AddRange(before.Values.Where(server => !next.ContainsValue(server)));
            Volatile.Write(ref _servers, next.ToFrozenDictionary(StringComparer.Ordinal));
        }

        if (gone.Count > 0)
        {
            gone.ForEach(server => _ = server.DisposeAsync().AsTask());
            Tell(CatalogParts.All);
        }
    }

    private void Tell(CatalogParts parts) => Changed?.Invoke(parts);
}
