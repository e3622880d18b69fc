using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Idempotency;

/// <summary>The body of a response whose bytes a call with an Idempotency-Key keeps as they go out; in place of the server's own.</summary>
internal sealed class RecordedResponseBody(IHttpResponseBodyFeature inner, IdempotentCall call) : IHttpResponseBodyFeature
{
    public PipeWriter Writer { get; } = new RecordingWriter(inner.Writer, call);

    public Stream Stream => Writer.AsStream(leaveOpen: true);

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("Answers of model endpoints do not come from files.");

    public Task CompleteAsync() => inner.CompleteAsync();

    private sealed class RecordingWriter(PipeWriter inner, IdempotentCall call) : PipeWriter
    {
        private Memory<byte> _lent;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            // Before the server may send, and give the memory to somebody else.
            call.Capture(_lent.Span[..bytes]);
            _lent = _lent[bytes..];
            inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
