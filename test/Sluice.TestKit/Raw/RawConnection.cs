using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sluice.TestKit.Raw;

/// <summary>One accepted TCP connection: reads requests, writes whatever bytes it is told to.</summary>
public sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<byte> _pending = [];

    internal RawConnection(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
    }

    /// <summary>Reads one request; null when the peer closed before a whole one came.</summary>
    public async Task<RawRequest?> ReadRequestAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = HeadEnd()) < 0)
        {
            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }

        var head = Encoding.Latin1.GetString([.. _pending.GetRange(0, end)]);
        _pending.RemoveRange(0, end + 4);
        var request = new RawRequest(head, []);
        if (request.Values("transfer-encoding").Count > 0)
        {
            return request with { Body = await ReadChunkedAsync(cancellationToken) };
        }

        var length = request.Values("content-length") is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        while (_pending.Count < length)
        {
            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }

        var body = _pending.GetRange(0, length).ToArray();
        _pending.RemoveRange(0, length);
        return request with { Body = body };
    }

    public Task WriteAsync(string text, CancellationToken cancellationToken) => WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            var sent = await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken);
            bytes = bytes[sent..];
        }
    }

    /// <summary>Waits until the peer closes; what still comes is thrown away.</summary>
    public async Task WaitForCloseAsync(CancellationToken cancellationToken)
    {
        while (await FillAsync(cancellationToken))
        {
            _pending.Clear();
        }
    }

    /// <summary>Ends with a TCP reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Ends in good order.</summary>
    public void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer was faster.
        }

        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReadChunkedAsync(CancellationToken cancellationToken)
    {
        var body = new List<byte>();
        while (true)
        {
            int line;
            while ((line = IndexOf("\r\n"u8, 0)) < 0)
            {
                if (!await FillAsync(cancellationToken))
                {
                    return [.. body];
                }
            }

            var size = int.Parse(Encoding.ASCII.GetString([.. _pending.GetRange(0, line)]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            while (_pending.Count < line + 2 + size + 2)
            {
                if (!await FillAsync(cancellationToken))
                {
                    return [.. body];
                }
            }

            body.AddRange(_pending.GetRange(line + 2, size));
            _pending.RemoveRange(0, line + 2 + size + 2);
            if (size == 0)
            {
                return [.. body];
            }
        }
    }

    private int HeadEnd() => IndexOf("\r\n\r\n"u8, 0);

    private int IndexOf(ReadOnlySpan<byte> what, int from)
    {
        var at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)[from..].IndexOf(what);
        return at < 0 ? -1 : at + from;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
            _pending.AddRange(_buffer.AsSpan(0, read));
            return read > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
