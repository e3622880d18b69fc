namespace Sluice.Providers.Transport;

/// <summary>Where connections of one pool lead: scheme, host and port, and the proxy in between.</summary>
/// <param name="Tls">True for https.</param>
/// <param name="Host">A DNS name or an IP literal without brackets.</param>
/// <param name="Port">From 1 to 65535.</param>
/// <param name="Proxy">An <c>http://</c> or <c>socks5://</c> address; null for a direct connection.</param>
public sealed record UpstreamOrigin(bool Tls, string Host, int Port, Uri? Proxy)
{
    /// <summary>The origin of a base URL. The scheme is http or https; the configuration has checked that.</summary>
    public static UpstreamOrigin Of(Uri baseUrl, Uri? proxy)
        => new(baseUrl.Scheme == Uri.UriSchemeHttps, baseUrl.IdnHost.Trim('[', ']'), baseUrl.Port, proxy);

    /// <summary>The value of the Host header: the port only where it is not the scheme's own.</summary>
    public string Authority
    {
        get
        {
            var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
            return Port == (Tls ? 443 : 80) ? host : $"{host}:{Port}";
        }
    }

    // Uri compares without the user, but to a proxy the user is the account: its connections are nobody else's.
    public bool Equals(UpstreamOrigin? other)
        => other is not null && Tls == other.Tls && Port == other.Port && Host == other.Host
            && string.Equals(Proxy?.AbsoluteUri, other.Proxy?.AbsoluteUri, StringComparison.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Tls, Host, Port, Proxy?.AbsoluteUri);
}
