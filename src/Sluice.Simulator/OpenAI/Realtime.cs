using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>
/// <c>/v1/realtime</c> over a WebSocket (openai 6.49.0, <c>resources/realtime</c>): a session with its conversation, responses in
/// text and audio, function calls, voice activity by loudness, transcripts, usage.
/// </summary>
internal static class Realtime
{
    private const string Subprotocol = "realtime";

    public static async Task ServeAsync(Call call)
    {
        var sockets = call.Http.WebSockets;
        using var socket = await sockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = sockets.WebSocketRequestedProtocols.Contains(Subprotocol) ? Subprotocol : null,
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        });
        using var wire = new RealtimeWire(socket, call);
        using var session = new RealtimeSession(call, wire);
        try
        {
            await session.RunAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The other side has left, or a fault has cut the connection.
        }
    }
}
