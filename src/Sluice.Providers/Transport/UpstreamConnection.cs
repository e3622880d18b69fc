using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Sluice.Providers.Transport;

/// <summary>
/// One HTTP/1.1 connection to an upstream, used by one call at a time: write a request, read the head, read the body.
/// Nothing here throws for what a peer does: methods return a negative number and <see cref="Failure"/> says why.
/// </summary>
/// <remarks>
/// While idle in the pool a receive is already pending. A peer that closes is seen at once, a reused connection needs no
/// probing system call, and the response of the next request completes that same receive.
/// See docs/adr/0003-own-upstream-transport.md for what this saves over SocketsHttpHandler.
/// </remarks>
public sealed class UpstreamConnection : IUpstreamHeaders, IDisposable
{
    /// <summary>Enough for a typical answer or a handful of events; a stream that fills it gets the larger buffer.</summary>
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 16 * 1024;

    /// <summary>The most that a response head may take, in bytes.</summary>
    public const int MaxHeadBytes = 32 * 1024;

    /// <summary>The most body bytes that may stand unconsumed, in bytes: an error document, or a first event.</summary>
    public const int MaxHeldBytes = 256 * 1024;

    private readonly Socket _socket;
    private readonly Stream? _tls;
    private readonly UpstreamPool _pool;
    private byte[] _buffer;
    private int _rawStart;
    private int _rawEnd;
    private int _bodyStart;
    private int _bodyEnd;
    private int _headEnd;
    private bool _wantsLargeBuffer;
    private bool _sendFailed;
    private bool _upgrades;
    private ValueTask<int> _armed;
    private bool _isArmed;
    private int _disposed;
    private int _aborted;
    private BodyDecoder _decoder;
    private ResponseHead _head;

    internal UpstreamConnection(UpstreamPool pool, Socket socket, Stream? tls, long now)
    {
        _pool = pool;
        _socket = socket;
        _tls = tls;
        _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        _head = new ResponseHead();
        CreatedAt = now;
    }

    /// <summary>Why the last operation failed; <see cref="TransportFailure.None"/> while all is well.</summary>
    public TransportFailure Failure { get; private set; }

    /// <summary>True when the connection has carried an earlier exchange, so that a close before the first response byte may be a stale connection.</summary>
    public bool WasReused { get; internal set; }

    /// <summary>True once any byte of the current response has come.</summary>
    public bool HasResponseBytes { get; private set; }

    /// <summary>The status of the response, from 200; 101 where <see cref="SendUpgradeAsync"/> asked for it.</summary>
    public int Status => _head.Status;

    /// <summary>The declared length of the body; -1 when it is chunked or ends with the connection.</summary>
    public long ContentLength => _head.Chunked ? -1 : _head.ContentLength;

    /// <summary>True when the whole body has been decoded.</summary>
    public bool BodyComplete => _decoder.Complete;

    /// <summary>The decoded body bytes that were read and not yet consumed. Valid until the next read.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_bodyStart, _bodyEnd - _bodyStart);

    internal long CreatedAt { get; }

    internal long IdleSince { get; set; }

    /// <summary>True while the idle connection is still silent; a byte or an end in between makes it useless.</summary>
    internal bool IsIdleAlive => _isArmed && !_armed.IsCompleted && _disposed == 0;

    /// <summary>Drops the head and the body bytes read so far, so that the buffer can be used again.</summary>
    public void ConsumeBody()
    {
        _bodyStart = _bodyEnd;
        _headEnd = 0;
    }

    /// <summary>A header's value by its lower-case name. Valid until <see cref="ConsumeBody"/>, however much of the body is read.</summary>
    public string? Find(string name) => _head.Find(_buffer, name);

    /// <summary>The raw value of a header by its lower-case name; empty when absent. Valid as <see cref="Find"/>.</summary>
    public ReadOnlySpan<byte> FindRaw(ReadOnlySpan<byte> name) => _head.FindRaw(_buffer, name);

    /// <summary>Goes through the headers in their order; valid as <see cref="Find"/>.</summary>
    /// <param name="at">0 to begin; afterwards where the next one stands.</param>
    /// <param name="name">The name as it was sent.</param>
    /// <param name="value">The raw value.</param>
    /// <returns>False when there is no further one.</returns>
    public bool NextHeader(ref int at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => _head.Next(_buffer, ref at, out name, out value);

    /// <summary>Sends the whole request. Returns 0, or -1 when the peer took only a part of it; its answer may still be read.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        BeginExchange();
        try
        {
            if (_tls is not null)
            {
                await _tls.WriteAsync(request).ConfigureAwait(false);
                return 0;
            }

            while (request.Length > 0)
            {
                var sent = await _socket.SendAsync(request, SocketFlags.None).ConfigureAwait(false);
                request = request[sent..];
            }

            return 0;
        }
        catch (Exception e) when (IsExpected(e))
        {
            // The peer may have answered before it had read everything (413, 401): the head is still worth reading.
            _sendFailed = true;
            return -1;
        }
    }

    /// <summary>Sends the head of a request to change the protocol; the answer may be 101, and then <see cref="UpgradedStream"/> has the rest.</summary>
    public ValueTask<int> SendUpgradeAsync(ReadOnlyMemory<byte> request)
    {
        _upgrades = true;
        return SendAsync(request);
    }

    /// <summary>Reads up to the end of the response head, passing over informational responses. Returns the status, or -1 with <see cref="Failure"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadHeadAsync()
    {
        var informational = 0;
        while (true)
        {
            var length = ResponseHead.FindEnd(_buffer.AsSpan(_rawStart, _rawEnd - _rawStart));
            if (length > 0)
            {
                if (!_head.TryParse(_buffer, _rawStart, length))
                {
                    return Fail(TransportFailure.Malformed);
                }

                _rawStart += length;
                if (_head.Status >= 200 || (_head.Status == 101 && _upgrades))
                {
                    break;
                }

                // 100 and 103 may precede the answer; 101 where it was not asked for is wrong.
                if (_head.Status == 101 || ++informational > 8)
                {
                    return Fail(TransportFailure.Malformed);
                }

                continue;
            }

            // Lines that end with a bare line feed would never make a head: better said now than at the deadline.
            if (_rawEnd - _rawStart >= MaxHeadBytes || _buffer.AsSpan(_rawStart, _rawEnd - _rawStart).IndexOf("\n\n"u8) >= 0)
            {
                return Fail(TransportFailure.Malformed);
            }

            try
            {
                var read = await ReceiveMoreAsync().ConfigureAwait(false);
                NoteReceived(read);
                if (read == 0)
                {
                    return Fail(TransportFailure.Closed);
                }
            }
            catch (Exception e) when (IsExpected(e))
            {
                return Fail(TransportFailure.Closed);
            }
        }

        _bodyStart = _bodyEnd = _headEnd = _rawStart;
        _decoder.Begin(in _head);
        return _head.Status;
    }

    /// <summary>
    /// Reads more of the body; what comes is appended to <see cref="Body"/>. Returns the bytes added, 0 at the end of the
    /// body, or -1 with <see cref="Failure"/> when the body breaks off or is malformed.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadBodyAsync()
    {
        while (true)
        {
            var before = _bodyEnd - _bodyStart;
            if (!_decoder.Decode(_buffer, ref _rawStart, _rawEnd, ref _bodyStart, ref _bodyEnd))
            {
                return Fail(TransportFailure.Malformed);
            }

            var added = _bodyEnd - _bodyStart - before;
            if (added > 0 || _decoder.Complete)
            {
                return added;
            }

            if (_bodyEnd - _bodyStart >= MaxHeldBytes)
            {
                return Fail(TransportFailure.Malformed);
            }

            try
            {
                var read = await ReceiveMoreAsync().ConfigureAwait(false);
                NoteReceived(read);
                if (read == 0)
                {
                    return _decoder.EndsWithConnection ? EndWithConnection() : Fail(TransportFailure.Closed);
                }
            }
            catch (Exception e) when (IsExpected(e))
            {
                return Fail(TransportFailure.Closed);
            }
        }
    }

    /// <summary>Gives the connection back: to the pool when the exchange ended cleanly and both sides keep it, else it is closed.</summary>
    public void Release()
    {
        if (Failure == TransportFailure.None && !_sendFailed && !_upgrades && _decoder.Complete && _head.KeepAlive && _rawStart == _rawEnd && Volatile.Read(ref _aborted) == 0)
        {
            _pool.Return(this);
        }
        else
        {
            Dispose();
        }
    }

    /// <summary>Ends whatever is pending; safe from any thread. The pending operation returns -1 with <see cref="TransportFailure.Aborted"/>.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _aborted, 1) == 0)
        {
            _socket.Dispose();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _socket.Dispose();
        _tls?.Dispose();
        _pool.OnClosed();

        // The array returns to the pool only when no receive can still write into it.
        if (!_isArmed || _armed.IsCompleted)
        {
            ReturnBuffer();
        }
    }

    /// <summary>Starts the receive that waits while the connection is idle.</summary>
    internal void Arm()
    {
        if (_isArmed)
        {
            // Rented and given back unused: a second receive would take the bytes that the first one is waiting for.
            return;
        }

        if (_buffer.Length > SmallBuffer)
        {
            ReturnBuffer();
            _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        }

        _rawStart = _rawEnd = _bodyStart = _bodyEnd = _headEnd = 0;
        _wantsLargeBuffer = false;
        try
        {
#pragma warning disable CA2012 // Kept on purpose and awaited once, by the next ReceiveMoreAsync.
            _armed = ReceiveAsync(_buffer.AsMemory(0, SmallBuffer));
#pragma warning restore CA2012
            _isArmed = true;
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            Fail(TransportFailure.Closed);
        }
    }

    private void BeginExchange()
    {
        Failure = TransportFailure.None;
        HasResponseBytes = false;
        _sendFailed = false;
        _decoder = default;
        _head.Reset();

        // A new connection arms too: the response then completes a receive that is already registered.
        Arm();
    }

    /// <summary>Bytes of the new protocol that came with the head, and then what the peer sends; 0 at its end.</summary>
    internal ValueTask<int> ReceiveUpgradedAsync(Memory<byte> buffer)
    {
        var held = Math.Min(buffer.Length, _rawEnd - _rawStart);
        if (held == 0)
        {
            return ReceiveAsync(buffer);
        }

        _buffer.AsSpan(_rawStart, held).CopyTo(buffer.Span);
        _rawStart += held;
        return new ValueTask<int>(held);
    }

    internal async ValueTask SendUpgradedAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_tls is not null)
        {
            await _tls.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return;
        }

        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }

    private ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        => _tls is null ? _socket.ReceiveAsync(buffer, SocketFlags.None) : _tls.ReadAsync(buffer);

    /// <summary>The receive that is pending already, or a new one into the free part of the buffer. Awaited once, by the caller.</summary>
    private ValueTask<int> ReceiveMoreAsync()
    {
        if (_isArmed)
        {
            _isArmed = false;
            return _armed;
        }

        MakeRoom();
        return ReceiveAsync(_buffer.AsMemory(_rawEnd));
    }

    private void NoteReceived(int read)
    {
        if (read > 0)
        {
            HasResponseBytes = true;
            _rawEnd += read;
            _wantsLargeBuffer |= _rawEnd == _buffer.Length;
        }
    }

    /// <summary>True for what a peer, or an abort from this side, makes a socket throw.</summary>
    private static bool IsExpected(Exception e) => e is SocketException or IOException or ObjectDisposedException or InvalidOperationException;

    private void MakeRoom()
    {
        // The head stays where it is until the body has been consumed: its headers are read after the first bytes of the body.
        var kept = _headEnd;
        var held = _bodyEnd - _bodyStart;
        var raw = _rawEnd - _rawStart;
        if (kept + held + raw == 0)
        {
            _rawStart = _rawEnd = _bodyStart = _bodyEnd = 0;
            if (_wantsLargeBuffer && _buffer.Length < LargeBuffer)
            {
                ReturnBuffer();
                _buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
            }

            return;
        }

        if (_buffer.Length - _rawEnd >= SmallBuffer / 4)
        {
            return;
        }

        // What is held moves behind the head, then the rest of the raw bytes behind it; the buffer grows when more than half is held.
        var target = kept + held + raw > _buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(_buffer.Length * 2) : _buffer;
        if (held > 0)
        {
            Buffer.BlockCopy(_buffer, _bodyStart, target, kept, held);
        }

        Buffer.BlockCopy(_buffer, _rawStart, target, kept + held, raw);
        if (!ReferenceEquals(target, _buffer))
        {
            Buffer.BlockCopy(_buffer, 0, target, 0, kept);
            ReturnBuffer();
            _buffer = target;
        }

        _bodyStart = kept;
        _rawStart = _bodyEnd = kept + held;
        _rawEnd = kept + held + raw;
    }

    private void ReturnBuffer()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private int EndWithConnection()
    {
        _decoder.MarkComplete();
        return 0;
    }

    private int Fail(TransportFailure failure)
    {
        if (Failure == TransportFailure.None)
        {
            Failure = Volatile.Read(ref _aborted) != 0 ? TransportFailure.Aborted : failure;
        }

        return -1;
    }
}
