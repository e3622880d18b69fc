using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Sluice.TestKit.Gateway;

/// <summary>A client of a realtime session: sends and takes whole messages, with deadlines.</summary>
public sealed class RealtimeClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    private RealtimeClient()
    {
        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public ClientWebSocket Socket => _socket;

    /// <summary>The status of the handshake: 101 when the socket is open.</summary>
    public HttpStatusCode Status => _socket.HttpStatusCode;

    public string RequestId => _socket.HttpResponseHeaders!.Single(header => header.Key.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)).Value.Single();

    /// <summary>Opens a session; where it is refused the socket is not open, and <see cref="Status"/> says how.</summary>
    public static async Task<RealtimeClient> OpenAsync(Uri address, string query, string? key, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new RealtimeClient();
        if (key is not null)
        {
            client._socket.Options.SetRequestHeader("authorization", $"Bearer {key}");
        }

        configure?.Invoke(client._socket.Options);
        try
        {
            await client._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/v1/realtime", Query = query }.Uri, CancellationToken.None)
                .WithinAsync($"a handshake with {query}");
        }
        catch (WebSocketException)
        {
            // Status tells.
        }

        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type, bool endOfMessage)
        => _socket.SendAsync(bytes, type, endOfMessage, CancellationToken.None);

    /// <summary>The next message; null when the session is closed or broken.</summary>
    public async Task<(WebSocketMessageType Type, byte[] Bytes)?> ReceiveAsync(TimeSpan? within = null)
    {
        try
        {
            using var whole = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WithinAsync("a message", within);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                whole.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    return (part.MessageType, whole.ToArray());
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Takes events up to the first of a type.</summary>
    public async Task<JsonElement> UntilAsync(string type, TimeSpan? within = null)
    {
        var seen = new List<string>();
        while (await ReceiveAsync(within) is { } message)
        {
            using var document = JsonDocument.Parse(message.Bytes);
            seen.Add(document.RootElement.GetProperty("type").GetString()!);
            if (seen[^1] == type)
            {
                return document.RootElement.Clone();
            }
        }

        throw new IOException($"The session ended with {_socket.CloseStatus} before '{type}' came: {string.Join(", ", seen)}");
    }

    /// <summary>Takes messages until the session is closed; the code, and null where the connection broke.</summary>
    public async Task<int?> UntilClosedAsync(TimeSpan? within = null)
    {
        while (await ReceiveAsync(within) is not null)
        {
        }

        return (int?)_socket.CloseStatus;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
