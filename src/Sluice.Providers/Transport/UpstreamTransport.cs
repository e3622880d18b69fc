using System.Collections.Concurrent;

namespace Sluice.Providers.Transport;

/// <summary>Bounds of the connections to upstreams.</summary>
public sealed record UpstreamTransportOptions
{
    /// <summary>Idle connections kept per origin. Default 2,048.</summary>
    public int MaxIdlePerOrigin { get; init; } = 2048;

    /// <summary>How long an idle connection is kept. Default 55 s, below the 60 s after which common servers close.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(55);

    /// <summary>How long a connection is used at all, so that a change of DNS is followed. Default 10 min.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>The pools of all origins. One per process.</summary>
public sealed class UpstreamTransport : IDisposable
{
    private readonly ConcurrentDictionary<UpstreamOrigin, UpstreamPool> _pools = new();
    private readonly UpstreamTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _trim;

    public UpstreamTransport(UpstreamTransportOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _trim = time.CreateTimer(_ => Trim(options.IdleTimeout), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    /// <summary>The pool of an origin; the same object for the same origin, so that a reload keeps warm connections.</summary>
    public UpstreamPool Pool(UpstreamOrigin origin)
        => _pools.GetOrAdd(origin, static (key, self) => new UpstreamPool(key, self._options, self._time), this);

    /// <summary>Connections that are open to all origins.</summary>
    public int OpenConnections => _pools.Values.Sum(pool => pool.Open);

    public void Dispose()
    {
        _trim.Dispose();
        Trim(TimeSpan.Zero);
    }

    private void Trim(TimeSpan idleFor)
    {
        foreach (var pool in _pools.Values)
        {
            pool.Trim(idleFor);
        }
    }
}
