using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Servers;

/// <summary>A request for a server.</summary>
/// <param name="Id">Its number on this connection, which is its progress token too.</param>
/// <param name="Method">Such as <c>tools/call</c>.</param>
/// <param name="Message">The whole message, one line.</param>
internal sealed record UpstreamRequest(long Id, string Method, byte[] Message)
{
    /// <summary>Headers that the sessionless revision wants beside the message; empty otherwise.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Takes notifications that belong to this request; quick, called from the reading thread. Null where nobody wants them.</summary>
    public Action<RpcMessage>? Related { get; init; }
}

/// <summary>What came of a request: the server's answer (a result or an error), or why there is none.</summary>
internal readonly record struct UpstreamReply(RpcMessage? Answer, McpFailure? Failure)
{
    public static implicit operator UpstreamReply(McpFailure failure) => new(null, failure);

    public static implicit operator UpstreamReply(RpcMessage answer) => new(answer, null);
}

/// <summary>Carries messages to and from one server. Failures are values; a cancelled request throws.</summary>
internal interface IMcpTransport : IAsyncDisposable
{
    /// <summary>Completes when nothing can be sent any more; never, where each request has a connection of its own.</summary>
    Task<McpFailure> Ended { get; }

    /// <summary>Takes what the server sends on its own account: notifications, and requests, which need an answer. Set once, before the first request.</summary>
    Action<RpcMessage> Unasked { get; set; }

    ValueTask<UpstreamReply> RequestAsync(UpstreamRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a notification or an answer; one that is lost changes nothing.</summary>
    ValueTask NotifyAsync(byte[] message, CancellationToken cancellationToken);

    /// <summary>Called when a handshake has settled the revision, before any other request.</summary>
    void Agreed(string version);
}
