using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sluice.TestKit.Raw;

/// <summary>An upstream that is not bound by HTTP: what each connection does is a function. For byte-exact nonsense.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<RawConnection, Task> _connections = new();
    private readonly Func<RawExchange, Task> _behaviour;
    private readonly Task _accepting;
    private int _accepted;
    private int _closed;

    private RawUpstream(Func<RawExchange, Task> behaviour)
    {
        _behaviour = behaviour;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What OpenAI's SDK takes as its base URL.</summary>
    public string OpenAIBaseUrl => $"{BaseUrl}/v1";

    /// <summary>What the SDKs of Anthropic and Google take as their base URL.</summary>
    public string BaseUrl => $"http://127.0.0.1:{Port}";

    /// <summary>Whole requests so far, oldest first.</summary>
    public ConcurrentQueue<RawRequest> Requests { get; } = new();

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that are over, whichever side ended them.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>Runs the behaviour once for each accepted connection, from its first request on.</summary>
    public static RawUpstream Start(Func<RawExchange, Task> behaviour) => new(behaviour);

    /// <summary>Answers every request with the same bytes and closes.</summary>
    public static RawUpstream Start(string answer) => new(async exchange =>
    {
        await exchange.ReadRequestAsync();
        await exchange.WriteAsync(answer);
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }

        await Task.WhenAll([_accepting, .. _connections.Values]);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptSocketAsync(_stop.Token));
                var number = Interlocked.Increment(ref _accepted);
                _connections[connection] = Task.Run(() => RunAsync(connection, number));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped, while it waited or between two waits.
        }
    }

    private async Task RunAsync(RawConnection connection, int number)
    {
        try
        {
            await _behaviour(new RawExchange(this, connection, number, _stop.Token));
            connection.Close();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The gateway hung up on the nonsense, which is what it should do.
        }
        finally
        {
            connection.Dispose();
            Interlocked.Increment(ref _closed);
        }
    }
}

/// <summary>What a behaviour may do with its connection.</summary>
/// <param name="upstream">Keeps the record of requests.</param>
/// <param name="connection">The wire.</param>
/// <param name="number">1 for the first connection that the upstream accepted.</param>
/// <param name="stop">Set when the upstream ends.</param>
public sealed class RawExchange(RawUpstream upstream, RawConnection connection, int number, CancellationToken stop)
{
    public int Number => number;

    public CancellationToken Stop => stop;

    public async Task<RawRequest?> ReadRequestAsync()
    {
        var request = await connection.ReadRequestAsync(stop);
        if (request is not null)
        {
            upstream.Requests.Enqueue(request);
        }

        return request;
    }

    public Task WriteAsync(string text) => connection.WriteAsync(text, stop);

    public Task WriteAsync(byte[] bytes) => connection.WriteAsync(bytes, stop);

    public Task PauseAsync(TimeSpan time) => Task.Delay(time, stop);

    public Task WaitForCloseAsync() => connection.WaitForCloseAsync(stop);

    public void Reset() => connection.Reset();
}
