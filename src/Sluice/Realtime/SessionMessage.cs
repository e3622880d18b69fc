using System.Buffers;
using System.Net.WebSockets;

namespace Sluice.Realtime;

/// <summary>What a side of a session has sent.</summary>
internal enum MessageKind
{
    Text,
    Binary,

    /// <summary>A close frame.</summary>
    Closed,

    /// <summary>The connection broke, or what came is no legal frame (text that is not UTF-8 included).</summary>
    Broken,
    TooLarge,
}

/// <summary>
/// One message of a session, put together from its fragments: an event is judged and accounted as a whole before any of it
/// goes on. Used again for the next message; bounded.
/// </summary>
/// <param name="most">The most bytes of a message.</param>
internal sealed class SessionMessage(long most) : IDisposable
{
    private const int Small = 4 * 1024;

    /// <summary>An array above this is given back after its message: few are that large.</summary>
    private const int Kept = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Small);
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads the next message whole.</summary>
    public async ValueTask<MessageKind> ReadAsync(WebSocket socket)
    {
        if (_bytes.Length > Kept)
        {
            Replace(Small);
        }

        _length = 0;
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(_bytes.AsMemory(_length), CancellationToken.None).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return MessageKind.Closed;
                }

                _length += result.Count;
                if (_length > most)
                {
                    return MessageKind.TooLarge;
                }

                if (result.EndOfMessage)
                {
                    return result.MessageType == WebSocketMessageType.Text ? MessageKind.Text : MessageKind.Binary;
                }

                if (_length == _bytes.Length)
                {
                    Replace((int)Math.Min(most + 1, _bytes.Length * 2L));
                }
            }
        }
        catch (Exception e) when (SessionSocket.IsExpected(e))
        {
            return MessageKind.Broken;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Replace(int size)
    {
        var other = ArrayPool<byte>.Shared.Rent(size);
        _bytes.AsSpan(0, Math.Min(_length, other.Length)).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = other;
    }
}
