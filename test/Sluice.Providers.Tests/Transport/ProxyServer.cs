using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Providers.Tests.Transport;

/// <summary>Just enough of a proxy: records what was asked, then speaks as the upstream behind it.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private const string Answer = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\ntunnels";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private ProxyServer(Func<NetworkStream, ProxyServer, Task<bool>> handshake)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync(handshake);
    }

    public int Port { get; }

    /// <summary>The address that was asked for, as it stood on the wire.</summary>
    public string Target { get; private set; } = "";

    public string Login { get; private set; } = "";

    /// <summary>The request that came through the tunnel; its first line.</summary>
    public string Tunnelled { get; private set; } = "";

    /// <summary>An HTTP proxy that answers CONNECT with these bytes.</summary>
    public static ProxyServer Connect(string answer) => new(async (stream, proxy) =>
    {
        var head = await ReadHeadAsync(stream);
        proxy.Target = head.Split("\r\n")[0];
        proxy.Login = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Proxy-Authorization", StringComparison.OrdinalIgnoreCase)) ?? "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal) && answer.EndsWith("\r\n\r\n", StringComparison.Ordinal);
    });

    /// <summary>A SOCKS5 proxy that asks for a user or not, and replies with a code and a bound address of a kind.</summary>
    public static ProxyServer Socks5(byte method, byte loginStatus = 0, byte reply = 0, byte[]? bound = null) => new(async (stream, proxy) =>
    {
        var greeting = await ReadAsync(stream, 2);
        var methods = await ReadAsync(stream, greeting[1]);
        await stream.WriteAsync(new byte[] { 5, methods.Contains(method) ? method : (byte)255 });
        if (!methods.Contains(method))
        {
            return false;
        }

        if (method == 2)
        {
            var user = await ReadAsync(stream, (await ReadAsync(stream, 2))[1]);
            var password = await ReadAsync(stream, (await ReadAsync(stream, 1))[0]);
            proxy.Login = $"{Encoding.UTF8.GetString(user)}:{Encoding.UTF8.GetString(password)}";
            await stream.WriteAsync(new byte[] { 1, loginStatus });
            if (loginStatus != 0)
            {
                return false;
            }
        }

        var request = await ReadAsync(stream, 4);
        request[..3].ShouldBe([5, 1, 0]);
        var name = request[3] switch
        {
            1 => $"IPv4 {new IPAddress(await ReadAsync(stream, 4))}",
            4 => $"IPv6 {new IPAddress(await ReadAsync(stream, 16))}",
            _ => Encoding.ASCII.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0])),
        };
        var port = await ReadAsync(stream, 2);
        proxy.Target = $"{name}:{(port[0] << 8) | port[1]}";
        byte[] answer = [5, reply, 0, .. bound ?? [1, 127, 0, 0, 1], 0x12, 0x34];
        await stream.WriteAsync(answer);
        return reply == 0;
    });

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync(Func<NetworkStream, ProxyServer, Task<bool>> handshake)
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            using var stopping = _stop.Token.Register(client.Dispose);
            var stream = client.GetStream();
            if (await handshake(stream, this))
            {
                Tunnelled = (await ReadHeadAsync(stream)).Split("\r\n")[0];
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over, or the other side hung up.
        }
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await ReadAsync(stream, 1))[0]);
        }

        return head.ToString();
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
