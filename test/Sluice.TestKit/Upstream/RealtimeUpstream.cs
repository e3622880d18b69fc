using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.TestKit.Upstream;

/// <summary>
/// A vendor of realtime sessions on a real Kestrel. The first segment of the path names the script: what happens once the
/// socket is open. A lane without a script answers with the status that <see cref="Refuse"/> gave it, or 404.
/// </summary>
public sealed class RealtimeUpstream : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<WebSocket, HttpContext, Task>> _scripts = new();
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _refusals = new();
    private readonly WebApplication _app;
    private int _open;

    private RealtimeUpstream(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Handshakes as they came: lane, query and headers.</summary>
    public ConcurrentQueue<(string Lane, string Query, IHeaderDictionary Headers)> Handshakes { get; } = new();

    /// <summary>Text messages as they came, by lane.</summary>
    public ConcurrentQueue<(string Lane, string Text)> Messages { get; } = new();

    /// <summary>Sockets that are open now.</summary>
    public int Open => Volatile.Read(ref _open);

    public static async Task<RealtimeUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var upstream = new RealtimeUpstream(builder.Build());
        upstream._app.UseWebSockets();
        upstream._app.Run(upstream.HandleAsync);
        await upstream._app.StartAsync();
        upstream.Address = upstream._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return upstream;
    }

    /// <summary>The base URL of a lane, as OpenAI's SDK takes it.</summary>
    public string BaseUrl(string lane) => $"{Address}/{lane}/v1";

    public RealtimeUpstream Script(string lane, Func<WebSocket, HttpContext, Task> script)
    {
        _scripts[lane] = script;
        return this;
    }

    /// <summary>A lane that answers each text message so; null says nothing, and a closed socket ends it.</summary>
    public RealtimeUpstream Answers(string lane, Func<string, IEnumerable<string>> answer) => Script(lane, async (socket, http) =>
    {
        while (await ReceiveAsync(socket) is { } message)
        {
            var text = Encoding.UTF8.GetString(message.Bytes);
            Messages.Enqueue((lane, text));
            foreach (var line in answer(text))
            {
                await SendAsync(socket, line);
            }
        }
    });

    public RealtimeUpstream Refuse(string lane, int status, string body)
    {
        _refusals[lane] = (status, body);
        return this;
    }

    /// <summary>The next message whole; null when the other side closes, which is answered.</summary>
    public static async Task<(WebSocketMessageType Type, byte[] Bytes)?> ReceiveAsync(WebSocket socket)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                if (socket.State == WebSocketState.CloseReceived)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
                }

                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return (part.MessageType, whole.ToArray());
            }
        }
    }

    public static Task SendAsync(WebSocket socket, string text)
        => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var lane = http.Request.Path.Value!.Split('/')[1];
        Handshakes.Enqueue((lane, http.Request.QueryString.Value ?? "", http.Request.Headers));
        if (!_scripts.TryGetValue(lane, out var script) || !http.WebSockets.IsWebSocketRequest)
        {
            var (status, body) = _refusals.TryGetValue(lane, out var refusal) ? refusal : (404, """{"error":{"message":"no such lane","type":"invalid_request_error"}}""");
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(body);
            return;
        }

        var subprotocol = http.WebSockets.WebSocketRequestedProtocols.FirstOrDefault();
        using var socket = await http.WebSockets.AcceptWebSocketAsync(subprotocol);
        Interlocked.Increment(ref _open);
        try
        {
            await script(socket, http);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The gateway has left.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
