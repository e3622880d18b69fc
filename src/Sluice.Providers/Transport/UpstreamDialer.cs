using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Sluice.Providers.Transport;

/// <summary>Opens connections: the first address of the name that answers, then the proxy's handshake, then TLS.</summary>
internal static class UpstreamDialer
{
    /// <summary>Where a SOCKS proxy listens when its address names no port (RFC 1928, section 3); an HTTP address always has one.</summary>
    private const int SocksPort = 1080;

    /// <summary>Null when no address could be reached, the proxy refused, or TLS failed.</summary>
    public static async ValueTask<(Socket Socket, Stream? Tls)?> DialAsync(
        UpstreamOrigin origin, TimeProvider time, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = origin.Proxy is { } proxy
                ? await ConnectAsync(proxy.IdnHost.Trim('[', ']'), proxy.Port > 0 ? proxy.Port : SocksPort, time, cancellationToken).ConfigureAwait(false)
                : await ConnectAsync(origin.Host, origin.Port, time, cancellationToken).ConfigureAwait(false);
            if (socket is null)
            {
                return null;
            }

            if (origin.Proxy is { } through && !await ProxyTunnel.OpenAsync(socket, through, origin, cancellationToken).ConfigureAwait(false))
            {
                socket.Dispose();
                return null;
            }

            if (!origin.Tls)
            {
                return (socket, null);
            }

            var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = origin.Host,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                },
                cancellationToken).ConfigureAwait(false);
            return (socket, tls);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            socket?.Dispose();
            return null;
        }
    }

    private static async ValueTask<Socket?> ConnectAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        return await AddressRace.RunAsync(addresses, (address, token) => ConnectAsync(new IPEndPoint(address, port), token), time, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Null when the address refuses.</summary>
    private static async Task<Socket?> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
