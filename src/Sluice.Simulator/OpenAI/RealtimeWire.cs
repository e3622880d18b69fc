using System.Net.WebSockets;
using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>The socket of a realtime session: whole messages in, events out, one at a time.</summary>
internal sealed class RealtimeWire(WebSocket socket, Call call) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SeededRandom _ids = new(call.Seed);

    public CancellationToken Gone => call.Http.RequestAborted;

    /// <summary>An id with a prefix, such as <c>item_</c>.</summary>
    public string NewId(string prefix)
    {
        lock (_ids)
        {
            return prefix + SimulatedId.Noise(_ids, 21);
        }
    }

    /// <summary>The next message; null when the other side closes.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), Gone);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync((int)(socket.CloseStatus is { } code and not WebSocketCloseStatus.Empty ? code : WebSocketCloseStatus.NormalClosure));
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }

    /// <summary>Sends an event: its type, an id, and what the caller adds.</summary>
    public Task SendAsync(string type, Action<Utf8JsonWriter> write) => SendAsync(JsonText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("event_id", NewId("event_"));
        write(json);
        json.WriteEndObject();
    }));

    public Task ErrorAsync(string code, string message, string? cause, string? parameter = null) => SendAsync("error", json =>
    {
        json.WriteStartObject("error");
        json.WriteString("type", "invalid_request_error");
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteString("param", parameter);
        json.WriteString("event_id", cause);
        json.WriteEndObject();
    });

    /// <summary>Sends bytes as they are, also such as are no event.</summary>
    public async Task SendAsync(byte[] message)
    {
        await _turn.WaitAsync(Gone);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Gone);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task CloseAsync(int code)
    {
        await _turn.WaitAsync(Gone);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, "simulated", Gone);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Breaks the connection.</summary>
    public void Cut() => call.Http.Abort();

    public void Dispose() => _turn.Dispose();
}
