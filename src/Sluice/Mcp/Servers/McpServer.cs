using System.Text;
using Sluice.Configuration;
using Sluice.Mcp.Catalog;

namespace Sluice.Mcp.Servers;

/// <summary>
/// One server: kept connected, listed again when it says that something changed and from time to time, connected again with
/// growing pauses when it fails. Others do not wait for it.
/// </summary>
internal sealed partial class McpServer : IAsyncDisposable
{
    /// <summary>A server that tells nothing of changes is asked so often, which also shows whether it still answers.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);

    /// <summary>What a server that is down had offered is still shown for so long.</summary>
    private static readonly TimeSpan KeepLists = TimeSpan.FromMinutes(10);

    /// <summary>Whoever needs a server that is just being connected waits for at most so long.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ChangePause = TimeSpan.FromMilliseconds(200);

    /// <summary>A connection that lasted so long is replaced at once when it fails.</summary>
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private const int ShortestSecret = 8;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly int _longestMessage;
    private readonly TimeProvider _time;
    private readonly ILogger<McpServer> _logger;
    private readonly Action<CatalogParts> _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly long _made;
    private readonly Task _running;
    private volatile ServerStatus _status;
    private volatile McpConnection? _connection;
    private volatile TaskCompletionSource _attempt = NewAttempt();
    private volatile McpFailure _left = new(McpFailureKind.BrokenOff, "the connection broke off");

    /// <param name="config">Its settings.</param>
    /// <param name="longestMessage">The largest message in bytes.</param>
    /// <param name="changed">Told when what it offers has changed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it comes and goes.</param>
    public McpServer(McpServerConfig config, int longestMessage, Action<CatalogParts> changed, TimeProvider time, ILogger<McpServer> logger)
    {
        (Config, _longestMessage, _changed, _time, _logger) = (config, longestMessage, changed, time, logger);
        _status = new ServerStatus(ServerState.Connecting, null, time.GetUtcNow(), "", null, ServerCatalog.Empty);
        _made = time.GetTimestamp();
        _stopped = _stop.Token;
        _running = Task.Run(RunAsync);
    }

    public McpServerConfig Config { get; }

    public ServerStatus Status => _status;

    /// <summary>What the server was given that no client may see; short values are left out, because they would stand in innocent words.</summary>
    public IReadOnlyList<byte[]> Secrets => field ??= [.. Config.Headers.Values.Concat(Config.Env.Values).Append(Config.ApiKey)
        .Select(secret => Encoding.UTF8.GetBytes(secret.Reveal())).Where(secret => secret.Length >= ShortestSecret)];

    /// <summary>USD of one call in billionths.</summary>
    public long NanoUsdPerCall => (long)decimal.Round(Config.PricePerCall * 1_000_000_000m);

    /// <summary>Waits until the server's lists are known, if it is being connected for the first time; never long, and only while it is new.</summary>
    public async ValueTask FirstListedAsync(CancellationToken cancellationToken)
    {
        if (_status.State == ServerState.Connecting)
        {
            await AttemptAsync(PatienceOf(Config) - _time.GetElapsedTime(_made), cancellationToken);
        }
    }

    /// <summary>Sends a request. One that the server cannot have looked at is sent once more on a new connection.</summary>
    /// <returns>The answer or the failure; a cancelled request throws.</returns>
    public async ValueTask<UpstreamReply> RequestAsync(OutgoingCall call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Config.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped, timeout.Token);
        try
        {
            for (var tries = 0; ; tries++)
            {
                if (await ConnectedAsync(deadline.Token) is not { } connection)
                {
                    return new McpFailure(McpFailureKind.Unreachable, _status.Reason ?? "it is not connected");
                }

                var reply = await connection.RequestAsync(call, deadline.Token);
                if (reply.Failure is not { } failure)
                {
                    return reply;
                }

                // One broken answer says little about the connection; what these say holds for every request.
                if (failure.Kind is McpFailureKind.SessionGone or McpFailureKind.Unreachable or McpFailureKind.CredentialRejected)
                {
                    Leave(connection, failure);
                }

                if (failure.Kind != McpFailureKind.SessionGone || tries > 0)
                {
                    return reply;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return _stopped.IsCancellationRequested
                ? new McpFailure(McpFailureKind.BrokenOff, "it was taken out of the configuration, or Sluice stops")
                : new McpFailure(McpFailureKind.TimedOut, "it did not answer within its timeout");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var stop = _stopped;
        var pause = FirstPause;
        try
        {
            while (true)
            {
                var began = _time.GetTimestamp();
                var served = await ServeAsync(stop);
                if (served && _time.GetElapsedTime(began) > SteadyAfter)
                {
                    pause = FirstPause;
                    continue;
                }

                await PauseAsync(pause, stop);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException)
        {
            // The server is no longer wanted.
        }
        finally
        {
            _attempt.TrySetResult();
        }
    }

    /// <summary>Pauses before the next attempt; whoever needs the server shortens it to a second.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        await Task.Delay(FirstPause, _time, stop);
        using var waited = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(pause - FirstPause, _time, waited.Token), _wake.WaitAsync(waited.Token));
        await waited.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Connects, and keeps the lists up to date until the connection fails; false when there was none.</summary>
    private async Task<bool> ServeAsync(CancellationToken stop)
    {
        var (connection, failure) = await WithinTimeoutAsync<(McpConnection?, McpFailure?)>(
            async soon => await McpConnection.OpenAsync(Config, _longestMessage, _time, Refresh, soon), failed => (null, failed), stop);
        if (connection is null)
        {
            WentDown(failure!);
            Interlocked.Exchange(ref _attempt, NewAttempt()).TrySetResult();
            return false;
        }

        try
        {
            while (failure is null)
            {
                (var catalog, failure) = await WithinTimeoutAsync<(ServerCatalog?, McpFailure?)>(async soon => await connection.ListAsync(soon), failed => (null, failed), stop);
                if (catalog is not null)
                {
                    CameUp(connection, catalog);
                    failure = await NextAsync(connection, stop);
                }
            }
        }
        finally
        {
            _connection = null;
            if (Config.Transport == "http" && !stop.IsCancellationRequested)
            {
                // Other requests have connections of their own, and may well succeed.
                _ = connection.RetireAsync(Config.Timeout, _time);
            }
            else
            {
                await connection.DisposeAsync();
            }
        }

        WentDown(failure);
        if (_attempt.Task.IsCompleted)
        {
            _attempt = NewAttempt();
        }

        return true;
    }

    /// <summary>Waits for a reason to list again (null), or for the connection's end.</summary>
    private async Task<McpFailure?> NextAsync(McpConnection connection, CancellationToken stop)
    {
        if (!ReferenceEquals(_connection, connection))
        {
            return _left;
        }

        using (var waited = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            await Task.WhenAny(connection.Ended, _wake.WaitAsync(waited.Token), Task.Delay(RefreshInterval, _time, waited.Token));
            await waited.CancelAsync();
        }

        stop.ThrowIfCancellationRequested();
        if (connection.Ended.IsCompletedSuccessfully)
        {
            return await connection.Ended;
        }

        if (!ReferenceEquals(_connection, connection))
        {
            return _left;
        }

        // A server that changes without end is listed a few times a second, and no more.
        await Task.Delay(ChangePause, _time, stop);
        return null;
    }

    private async Task<T> WithinTimeoutAsync<T>(Func<CancellationToken, Task<T>> work, Func<McpFailure, T> failed, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(Config.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            return await work(deadline.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return failed(new McpFailure(McpFailureKind.TimedOut, "it did not answer within its timeout"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            return failed(McpHttpClient.Explain(e));
        }
    }

    /// <summary>The connection, waiting shortly for one that is being made; null when there is none.</summary>
    private async ValueTask<McpConnection?> ConnectedAsync(CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            Refresh();
            await AttemptAsync(PatienceOf(Config), cancellationToken);
        }

        return _connection;
    }

    private static TimeSpan PatienceOf(McpServerConfig config) => config.Timeout < LongestWait ? config.Timeout : LongestWait;

    /// <summary>Waits for the attempt to connect that is being made, or is about to be.</summary>
    private async ValueTask AttemptAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await _attempt.Task.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Whoever asked goes on without it.
        }
    }

    /// <summary>Gives a connection up, so that another is made.</summary>
    private void Leave(McpConnection connection, McpFailure failure)
    {
        _left = failure;
        if (ReferenceEquals(Interlocked.CompareExchange(ref _connection, null, connection), connection))
        {
            _attempt = NewAttempt();
            Refresh();
        }
    }

    /// <summary>Ends the pause of the loop, whatever it waits for.</summary>
    private void Refresh()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is told already.
        }
    }

    private void CameUp(McpConnection connection, ServerCatalog catalog)
    {
        var before = _status;
        var now = _time.GetUtcNow();
        if (before.State != ServerState.Ready)
        {
            Log.Ready(_logger, Config.Name, connection.Version, catalog.Tools.Length);
        }

        _status = new ServerStatus(ServerState.Ready, null, before.State == ServerState.Ready ? before.Since : now, connection.Version, now, catalog);
        if (before.State != ServerState.Ready)
        {
            _connection = connection;
            _attempt.TrySetResult();
        }

        Tell(catalog.DifferenceFrom(before.Catalog));
    }

    private void WentDown(McpFailure failure)
    {
        var before = _status;
        var now = _time.GetUtcNow();
        if (before.State != ServerState.Down)
        {
            Log.Down(_logger, Config.Name, failure.Words);
        }

        var catalog = before.ListedAt is { } listed && now - listed < KeepLists ? before.Catalog : ServerCatalog.Empty;
        _status = before with { State = ServerState.Down, Reason = failure.Words, Since = before.State == ServerState.Down ? before.Since : now, Catalog = catalog };
        Tell(catalog.DifferenceFrom(before.Catalog));
    }

    private void Tell(CatalogParts parts)
    {
        if (parts != CatalogParts.None)
        {
            _changed(parts);
        }
    }

    private static TaskCompletionSource NewAttempt() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(3501, LogLevel.Information, "MCP server {Server} is ready: revision {Version}, {Tools} tools")]
        public static partial void Ready(ILogger logger, string server, string version, int tools);

        [LoggerMessage(3502, LogLevel.Warning, "MCP server {Server} is down: {Reason}; it is tried again with pauses of up to a minute")]
        public static partial void Down(ILogger logger, string server, string reason);
    }
}
