using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Servers;

/// <summary>A transport on which all messages of a server come on one channel and are told apart by their ids.</summary>
internal abstract class SharedChannel : IMcpTransport
{
    /// <summary>Lines that are no messages, such as a banner, are passed over up to this many.</summary>
    private const int ForgivenLines = 100;

    private readonly PendingAnswers _pending = new();
    private readonly TaskCompletionSource<McpFailure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _forgiven;

    public Task<McpFailure> Ended => _ended.Task;

    public Action<RpcMessage> Unasked { get; set; } = static _ => { };

    public void Agreed(string version)
    {
        // Nothing but HTTP repeats it.
    }

    public async ValueTask<UpstreamReply> RequestAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var answer = _pending.Expect(request);
        try
        {
            return await SendAsync(request.Message, cancellationToken) is { } failure ? failure : await answer.WaitAsync(cancellationToken);
        }
        finally
        {
            _pending.Forget(request.Id);
        }
    }

    public async ValueTask NotifyAsync(byte[] message, CancellationToken cancellationToken) => await SendAsync(message, cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Sends one message, whole; null when it is on its way.</summary>
    protected abstract ValueTask<McpFailure?> SendAsync(byte[] message, CancellationToken cancellationToken);

    /// <summary>Takes bytes that should be a message; false when the server has sent too much else.</summary>
    protected bool Receive(ReadOnlySpan<byte> bytes)
    {
        if (RpcMessage.Read(bytes) is not { } message)
        {
            return ++_forgiven <= ForgivenLines;
        }

        if (!_pending.Take(message))
        {
            Unasked(message);
        }

        return true;
    }

    protected void End(McpFailure failure)
    {
        _pending.End(failure);
        _ended.TrySetResult(failure);
    }
}
