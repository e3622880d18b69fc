namespace Sluice.Providers.Transport;

/// <summary>The connections to one origin. The last one returned is the first one used again, so that surplus ones grow old and are closed.</summary>
public sealed class UpstreamPool
{
    private readonly Lock _lock = new();
    private readonly Stack<UpstreamConnection> _idle = new();
    private readonly UpstreamTransportOptions _options;
    private readonly TimeProvider _time;
    private int _open;

    internal UpstreamPool(UpstreamOrigin origin, UpstreamTransportOptions options, TimeProvider time)
    {
        Origin = origin;
        _options = options;
        _time = time;
    }

    public UpstreamOrigin Origin { get; }

    /// <summary>Connections that are open, idle or in use.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>An idle connection that is still alive; null when a new one must be made with <see cref="ConnectAsync"/>.</summary>
    public UpstreamConnection? TryRent()
    {
        while (true)
        {
            UpstreamConnection? connection;
            lock (_lock)
            {
                if (!_idle.TryPop(out connection))
                {
                    return null;
                }
            }

            if (connection.IsIdleAlive)
            {
                connection.WasReused = true;
                return connection;
            }

            connection.Dispose();
        }
    }

    /// <summary>Makes a new connection: resolves the name, connects (through the proxy), and shakes hands for TLS.</summary>
    /// <returns>Null when that failed or <paramref name="cancellationToken"/> ended it.</returns>
    public async ValueTask<UpstreamConnection?> ConnectAsync(CancellationToken cancellationToken)
    {
        var dialed = await UpstreamDialer.DialAsync(Origin, _time, cancellationToken).ConfigureAwait(false);
        if (dialed is null)
        {
            return null;
        }

        Interlocked.Increment(ref _open);
        return new UpstreamConnection(this, dialed.Value.Socket, dialed.Value.Tls, _time.GetTimestamp());
    }

    internal void Return(UpstreamConnection connection)
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(connection.CreatedAt, now) > _options.ConnectionLifetime)
        {
            connection.Dispose();
            return;
        }

        connection.IdleSince = now;
        connection.Arm();
        lock (_lock)
        {
            if (_idle.Count < _options.MaxIdlePerOrigin)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    internal void OnClosed() => Interlocked.Decrement(ref _open);

    /// <summary>Closes connections that were idle for too long, or whose peer has closed. Called now and then.</summary>
    internal void Trim(TimeSpan idleFor)
    {
        List<UpstreamConnection>? closing = null;
        lock (_lock)
        {
            if (_idle.Count == 0)
            {
                return;
            }

            var keep = new List<UpstreamConnection>(_idle.Count);
            foreach (var connection in _idle)
            {
                if (connection.IsIdleAlive && _time.GetElapsedTime(connection.IdleSince) < idleFor)
                {
                    keep.Add(connection);
                }
                else
                {
                    (closing ??= []).Add(connection);
                }
            }

            if (closing is null)
            {
                return;
            }

            _idle.Clear();
            for (var i = keep.Count - 1; i >= 0; i--)
            {
                _idle.Push(keep[i]);
            }
        }

        foreach (var connection in closing)
        {
            connection.Dispose();
        }
    }
}
