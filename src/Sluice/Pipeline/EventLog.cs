namespace Sluice.Pipeline;

/// <summary>
/// The events of an answer that nobody need be there for: written once, read by any number of clients from the beginning while it
/// grows. What is beyond the bound is not kept, and its readers get the end alone.
/// </summary>
internal sealed class EventLog(long maxBytes) : Stream
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _pieces = [];
    private TaskCompletionSource _more = New();
    private long _length;
    private bool _isEnded;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Interlocked.Read(ref _length);

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>True when it holds less than was written.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The next pieces, once there are any; none when the log has ended.</summary>
    /// <param name="from">How many pieces the reader has.</param>
    /// <param name="cancellationToken">When the reader gives up.</param>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(int from, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (from < _pieces.Count || _isEnded)
                {
                    return _pieces[from..];
                }

                wait = _more.Task;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Everything that was written; empty when it is cut.</summary>
    public byte[] ToArray()
    {
        lock (_lock)
        {
            return IsCut ? [] : [.. _pieces.SelectMany(piece => piece)];
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End() => Signal(() => _isEnded = true);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        var piece = buffer.ToArray();
        Signal(() =>
        {
            if (IsCut || _length + piece.Length > maxBytes)
            {
                IsCut = true;
                return;
            }

            _pieces.Add(piece);
            _length += piece.Length;
        });
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal(Action change)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            change();
            waiting = _more;
            _more = New();
        }

        waiting.SetResult();
    }
}
