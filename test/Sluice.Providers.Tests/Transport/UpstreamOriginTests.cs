using Sluice.Providers.Transport;

namespace Sluice.Providers.Tests.Transport;

public sealed class UpstreamOriginTests
{
    [Theory]
    [InlineData("http://example.com/v1", "example.com", 80, false, "example.com")]
    [InlineData("https://example.com", "example.com", 443, true, "example.com")]
    [InlineData("https://example.com:80", "example.com", 80, true, "example.com:80")]
    [InlineData("http://127.0.0.1:9000/v1", "127.0.0.1", 9000, false, "127.0.0.1:9000")]
    [InlineData("http://[::1]:9000", "::1", 9000, false, "[::1]:9000")]
    public void Of_BaseUrl_GivesHostPortAndAuthority(string baseUrl, string host, int port, bool tls, string authority)
    {
        var origin = UpstreamOrigin.Of(new Uri(baseUrl), null);

        origin.Host.ShouldBe(host);
        origin.Port.ShouldBe(port);
        origin.Tls.ShouldBe(tls);
        origin.Authority.ShouldBe(authority);
    }

    [Fact]
    public void Pool_SameOrigin_IsTheSamePool()
    {
        using var transport = new UpstreamTransport(new UpstreamTransportOptions(), TimeProvider.System);

        transport.Pool(Through("http://proxy:1/")).ShouldBeSameAs(transport.Pool(Through("http://proxy:1/")));
        transport.Pool(Through("http://proxy:1/")).ShouldNotBeSameAs(transport.Pool(Through("http://proxy:2/")));
        transport.Pool(Through("http://proxy:1/")).ShouldNotBeSameAs(transport.Pool(Through(null)));
    }

    /// <summary>Proxies tell accounts apart by their user; a connection of one must never carry the other's calls.</summary>
    [Theory]
    [InlineData("socks5://alice:a@proxy:1080", "socks5://bob:b@proxy:1080")]
    [InlineData("http://alice:a@proxy:8080", "http://alice:b@proxy:8080")]
    public void Pool_SameProxyWithAnotherUser_IsAnotherPool(string one, string other)
    {
        using var transport = new UpstreamTransport(new UpstreamTransportOptions(), TimeProvider.System);

        transport.Pool(Through(one)).ShouldNotBeSameAs(transport.Pool(Through(other)));
    }

    private static UpstreamOrigin Through(string? proxy) => UpstreamOrigin.Of(new Uri("https://api.example.com/v1"), proxy is null ? null : new Uri(proxy));
}
