using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Providers.Transport;

/// <summary>Opens a tunnel through an HTTP proxy (CONNECT, RFC 9110 9.3.6) or a SOCKS5 proxy (RFC 1928, RFC 1929). Names are resolved by the proxy.</summary>
internal static class ProxyTunnel
{
    /// <summary>The longest answer to CONNECT, in bytes.</summary>
    private const int MaxConnectAnswer = 8 * 1024;

    public static ValueTask<bool> OpenAsync(Socket socket, Uri proxy, UpstreamOrigin origin, CancellationToken cancellationToken)
        => proxy.Scheme is "socks5" or "socks5h"
            ? Socks5Async(socket, proxy, origin, cancellationToken)
            : ConnectAsync(socket, proxy, origin, cancellationToken);

    private static async ValueTask<bool> ConnectAsync(Socket socket, Uri proxy, UpstreamOrigin origin, CancellationToken cancellationToken)
    {
        var host = origin.Host.Contains(':', StringComparison.Ordinal) ? $"[{origin.Host}]" : origin.Host;
        var target = string.Create(CultureInfo.InvariantCulture, $"{host}:{origin.Port}");
        var authorization = proxy.UserInfo.Length == 0
            ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n";
        var request = Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");
        await SendAllAsync(socket, request, cancellationToken).ConfigureAwait(false);

        // Byte by byte: whatever follows the empty line belongs to the tunnel.
        var answer = new byte[MaxConnectAnswer];
        for (var length = 0; length < answer.Length; length++)
        {
            if (await socket.ReceiveAsync(answer.AsMemory(length, 1), cancellationToken).ConfigureAwait(false) == 0)
            {
                return false;
            }

            if (answer.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
            {
                return answer.AsSpan().StartsWith("HTTP/1."u8) && answer.AsSpan(8, 2).SequenceEqual(" 2"u8);
            }
        }

        return false;
    }

    private static async ValueTask<bool> Socks5Async(Socket socket, Uri proxy, UpstreamOrigin origin, CancellationToken cancellationToken)
    {
        const byte noAuthentication = 0, userAndPassword = 2;
        var hasUser = proxy.UserInfo.Length > 0;
        byte[] greeting = hasUser ? [5, 2, noAuthentication, userAndPassword] : [5, 1, noAuthentication];
        await SendAllAsync(socket, greeting, cancellationToken).ConfigureAwait(false);
        var answer = new byte[256];
        if (!await ReceiveAllAsync(socket, answer.AsMemory(0, 2), cancellationToken).ConfigureAwait(false) || answer[0] != 5)
        {
            return false;
        }

        if (answer[1] == userAndPassword && hasUser)
        {
            var split = proxy.UserInfo.Split(':', 2);
            var user = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(split[0]));
            var password = Encoding.UTF8.GetBytes(split.Length > 1 ? Uri.UnescapeDataString(split[1]) : "");
            if (user.Length > 255 || password.Length > 255)
            {
                return false;
            }

            byte[] login = [1, (byte)user.Length, .. user, (byte)password.Length, .. password];
            await SendAllAsync(socket, login, cancellationToken).ConfigureAwait(false);
            if (!await ReceiveAllAsync(socket, answer.AsMemory(0, 2), cancellationToken).ConfigureAwait(false) || answer[1] != 0)
            {
                return false;
            }
        }
        else if (answer[1] != noAuthentication)
        {
            return false;
        }

        if (Socks5Address(origin.Host) is not { } address)
        {
            return false;
        }

        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)origin.Port);
        byte[] request = [5, 1, 0, .. address, .. port];
        await SendAllAsync(socket, request, cancellationToken).ConfigureAwait(false);
        if (!await ReceiveAllAsync(socket, answer.AsMemory(0, 5), cancellationToken).ConfigureAwait(false) || answer[0] != 5 || answer[1] != 0)
        {
            return false;
        }

        // The bound address: its kind decides how much is left to read; one byte of it is already here.
        var rest = answer[3] switch { 1 => 3, 4 => 15, 3 => answer[4], _ => -1 };
        return rest >= 0 && await ReceiveAllAsync(socket, answer.AsMemory(0, rest + 2), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The address with its type before it (RFC 1928, section 5). A literal goes as what it is: a proxy need not take one for a
    /// name, and some look it up. Null for a name that is too long.
    /// </summary>
    private static byte[]? Socks5Address(string host)
    {
        const byte ipv4 = 1, name = 3, ipv6 = 4;
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal.AddressFamily == AddressFamily.InterNetworkV6 ? ipv6 : ipv4, .. literal.GetAddressBytes()];
        }

        var bytes = Encoding.ASCII.GetBytes(host);
        return bytes.Length > 255 ? null : [name, (byte)bytes.Length, .. bytes];
    }

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
        }
    }

    private static async ValueTask<bool> ReceiveAllAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var read = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            buffer = buffer[read..];
        }

        return true;
    }
}
