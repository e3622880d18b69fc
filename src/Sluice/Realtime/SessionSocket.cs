using System.Net.WebSockets;

namespace Sluice.Realtime;

/// <summary>One side of a session. One message is sent at a time, and it is known since when: whoever takes nothing is cut.</summary>
/// <param name="socket">The framework's frames.</param>
/// <param name="abort">Cuts the connection below.</param>
/// <param name="time">For the deadline of a send.</param>
internal sealed class SessionSocket(WebSocket socket, Action abort, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private long _sendingSince;

    public WebSocket Socket => socket;

    /// <summary>True for what a peer, or an abort from this side, makes a WebSocket throw.</summary>
    public static bool IsExpected(Exception e)
        => e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException
            or System.Net.Sockets.SocketException or Microsoft.AspNetCore.Connections.ConnectionAbortedException;

    /// <summary>Sends one message; false when the side is gone. Waits while the side does not read: that is the back-pressure.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            Volatile.Write(ref _sendingSince, time.GetTimestamp());
            await socket.SendAsync(message, type, WebSocketMessageFlags.EndOfMessage, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsExpected(e))
        {
            return false;
        }
        finally
        {
            Volatile.Write(ref _sendingSince, 0);
            _turn.Release();
        }
    }

    /// <summary>Sends the close frame; does nothing where the side is gone or was told already.</summary>
    public async ValueTask CloseAsync(WebSocketCloseStatus code, string reason)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                Volatile.Write(ref _sendingSince, time.GetTimestamp());
                await socket.CloseOutputAsync(code, reason, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            // It is closed as it is.
        }
        finally
        {
            Volatile.Write(ref _sendingSince, 0);
            _turn.Release();
        }
    }

    /// <summary>True when a message waits for longer than the side may take.</summary>
    public bool IsStuck(TimeSpan limit)
        => Volatile.Read(ref _sendingSince) is var since and not 0 && time.GetElapsedTime(since) > limit;

    /// <summary>Cuts the connection: whatever waits ends.</summary>
    public void Abort()
    {
        abort();
        socket.Abort();
    }

    public void Dispose()
    {
        socket.Dispose();
        _turn.Dispose();
    }
}
