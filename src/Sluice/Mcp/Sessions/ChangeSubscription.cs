using Sluice.Mcp.Catalog;

namespace Sluice.Mcp.Sessions;

/// <summary>What a client must still be told, by the stream that it has open or will open: a set of flags, so that any number of changes takes no room.</summary>
internal sealed class ChangeSubscription : IDisposable
{
    private readonly McpServers _servers;
    private readonly SemaphoreSlim _told = new(0, 1);
    private int _parts;

    public ChangeSubscription(McpServers servers, CatalogParts wanted)
    {
        (_servers, Wanted) = (servers, wanted);
        servers.Changed += Tell;
    }

    /// <summary>Which lists the client wants to hear of.</summary>
    public CatalogParts Wanted { get; }

    /// <summary>Notes that lists have changed.</summary>
    public void Tell(CatalogParts parts)
    {
        if ((parts & Wanted) == CatalogParts.None)
        {
            return;
        }

        Interlocked.Or(ref _parts, (int)(parts & Wanted));
        try
        {
            _told.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is told already.
        }
    }

    /// <summary>What has changed since the last time, waiting at most so long for something; None when nothing has.</summary>
    public async ValueTask<CatalogParts> NextAsync(TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_told.WaitAsync(waiting.Token), Task.Delay(wait, time, waiting.Token));
        await waiting.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return (CatalogParts)Interlocked.Exchange(ref _parts, 0);
    }

    public void Dispose() => _servers.Changed -= Tell;
}
