using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Idempotency;

/// <summary>The body of a response whose bytes a call with an Idempotency-Key keeps as they go out; in place of the server's own.</summary>
/// <param name="inner">The server's.</param>
/// <param name="call">Keeps the bytes.</param>
/// <param name="clientGone">True once nobody reads the response any more: from then on the bytes are kept alone.</param>
internal sealed class RecordedResponseBody(IHttpResponseBodyFeature inner, IdempotentCall call, Func<bool> clientGone) : IHttpResponseBodyFeature
{
    public PipeWriter Writer { get; } = new RecordingWriter(inner.Writer, call, clientGone);

    public Stream Stream => Writer.AsStream(leaveOpen: true);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("Answers of model endpoints do not come from files.");

    public Task CompleteAsync() => inner.CompleteAsync();

    private sealed class RecordingWriter(PipeWriter inner, IdempotentCall call, Func<bool> clientGone) : PipeWriter
    {
        private const int OwnSize = 4096;

        private Memory<byte> _lent;
        private bool _lentOwn;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            // What nobody takes would pile up in the server, since nothing flushes it any more.
            var own = clientGone();
            if (!own)
            {
                _lent = inner.GetMemory(sizeHint);
            }
            else if (!_lentOwn || _lent.Length < Math.Max(1, sizeHint))
            {
                _lent = new byte[Math.Max(OwnSize, sizeHint)];
            }

            _lentOwn = own;
            return _lent;
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            // Before the server may send, and give the memory to somebody else.
            call.Capture(_lent.Span[..bytes]);
            _lent = _lent[bytes..];
            if (!_lentOwn)
            {
                inner.Advance(bytes);
            }
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
