using System.Net;
using Sluice.Configuration;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Protection;

/// <summary>
/// Whose request it is: the connection's address, unless the connection comes from a trusted proxy. Then it is the right-most address
/// of <c>X-Forwarded-For</c> that is no trusted proxy; what stands left of it the client may have written itself.
/// </summary>
internal static class ClientAddress
{
    /// <summary>Sets the connection's remote address for everything that follows. Without trusted proxies it costs nothing and believes nothing.</summary>
    public static IApplicationBuilder UseClientAddress(this IApplicationBuilder app)
    {
        var configuration = app.ApplicationServices.GetRequiredService<IConfigurationSource>();
        var trusted = Networks(configuration.Current.Config.Server);
        configuration.Changed += snapshot => Volatile.Write(ref trusted, Networks(snapshot.Config.Server));
        return app.Use(next => context =>
        {
            var networks = Volatile.Read(ref trusted);
            if (networks.Length > 0)
            {
                var connection = context.Connection;
                connection.RemoteIpAddress = Of(connection.RemoteIpAddress, context.Request.Headers["x-forwarded-for"].ToString(), networks);
            }

            return next(context);
        });
    }

    /// <summary>The client's address.</summary>
    /// <param name="peer">Who has opened the connection.</param>
    /// <param name="forwarded">The values of <c>X-Forwarded-For</c>, joined with commas.</param>
    /// <param name="trusted">The proxies that are believed.</param>
    public static IPAddress? Of(IPAddress? peer, string forwarded, IReadOnlyList<IPNetwork> trusted)
    {
        var client = peer is { IsIPv4MappedToIPv6: true } ? peer.MapToIPv4() : peer;
        var rest = forwarded.AsSpan();
        while (client is not null && !rest.IsEmpty && trusted.Any(network => network.Contains(client)))
        {
            var comma = rest.LastIndexOf(',');
            var hop = rest[(comma + 1)..].Trim();
            rest = comma < 0 ? default : rest[..comma];
            if (!TryParse(hop, out var address))
            {
                break;
            }

            client = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }

        return client;
    }

    public static IPNetwork[] Networks(ServerConfig server) => [.. server.TrustedProxies.Select(text =>
        text.Contains('/', StringComparison.Ordinal) ? IPNetwork.Parse(text) : Single(IPAddress.Parse(text)))];

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    /// <summary>An address, perhaps with a port, as some proxies write it.</summary>
    private static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        if (IPAddress.TryParse(text, out var plain))
        {
            address = plain;
            return true;
        }

        var isParsed = IPEndPoint.TryParse(text, out var endpoint);
        address = endpoint?.Address ?? IPAddress.None;
        return isParsed;
    }
}
