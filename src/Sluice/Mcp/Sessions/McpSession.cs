using System.Collections.Concurrent;

namespace Sluice.Mcp.Sessions;

/// <summary>A client's session (revisions with a handshake). It belongs to the key that began it.</summary>
internal sealed class McpSession : IDisposable
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private CancellationTokenSource? _stream;
    private long _usedAt;
    private int _logLevel;

    /// <param name="id">128 random bits; the client sends it with each request.</param>
    /// <param name="keyId">Whose it is.</param>
    public McpSession(string id, string keyId)
    {
        (Id, KeyId) = (id, keyId);
        Ended = _ended.Token;
    }

    public string Id { get; }

    public string KeyId { get; }

    /// <summary>When it was last used, as a timestamp of the clock.</summary>
    public long UsedAt
    {
        get => Volatile.Read(ref _usedAt);
        set => Volatile.Write(ref _usedAt, value);
    }

    /// <summary>The least level of log lines that the client wants; see <see cref="LogLevels"/>.</summary>
    public int LogLevel
    {
        get => Volatile.Read(ref _logLevel);
        set => Volatile.Write(ref _logLevel, value);
    }

    /// <summary>What the client must be told, also of changes while it has no stream open; null until the handshake.</summary>
    public ChangeSubscription? Changes { get; set; }

    /// <summary>Cancelled when the session ends.</summary>
    public CancellationToken Ended { get; }

    /// <summary>True while requests run or a stream is open.</summary>
    public bool IsBusy => !_running.IsEmpty || Volatile.Read(ref _stream) is not null;

    /// <summary>Notes a request that the client may cancel; false when one of that id is running.</summary>
    public bool Begin(string requestId, CancellationTokenSource cancel) => _running.TryAdd(requestId, cancel);

    public void Finish(string requestId) => _running.TryRemove(requestId, out _);

    /// <summary>Cancels a running request, if there is one of that id.</summary>
    public void Cancel(string requestId)
    {
        if (_running.TryRemove(requestId, out var running))
        {
            CancelSafely(running);
        }
    }

    /// <summary>Makes this the session's one stream; an older one, which the client has likely lost, is ended.</summary>
    public void TakeStream(CancellationTokenSource stream)
    {
        if (Interlocked.Exchange(ref _stream, stream) is { } older)
        {
            CancelSafely(older);
        }
    }

    public void LeaveStream(CancellationTokenSource stream) => Interlocked.CompareExchange(ref _stream, null, stream);

    /// <summary>Ends the session with all that runs in it.</summary>
    public void End()
    {
        CancelSafely(_ended);
        foreach (var (_, running) in _running)
        {
            CancelSafely(running);
        }
    }

    public void Dispose()
    {
        Changes?.Dispose();
        _ended.Dispose();
    }

    private static void CancelSafely(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself just now.
        }
    }
}
