namespace Sluice.Providers.Transport;

/// <summary>
/// An upstream connection after its answer 101, as the stream of the new protocol. It does not own the connection: whoever
/// took that from the pool releases it, and it is never used for a second exchange.
/// </summary>
/// <remarks>
/// Sluice's own transport makes the handshake, and not <c>ClientWebSocket</c>, because that hides the vendor's error document,
/// of which clients are told and by which failures are judged; and so that proxies, name resolution, TLS and timeouts are
/// the same as for every other call. The frames are the framework's work (<c>WebSocket.CreateFromStream</c>).
/// </remarks>
/// <param name="connection">Its head has been read, with status 101.</param>
public sealed class UpgradedStream(UpstreamConnection connection) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => connection.ReceiveUpgradedAsync(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => connection.SendUpgradedAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here waits for a socket.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here waits for a socket.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Abort();
        }

        base.Dispose(disposing);
    }
}
