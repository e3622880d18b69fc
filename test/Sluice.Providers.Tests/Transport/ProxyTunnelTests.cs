using System.Text;
using Sluice.TestKit;
using static Sluice.Providers.Tests.Transport.UpstreamClient;

namespace Sluice.Providers.Tests.Transport;

public sealed class ProxyTunnelTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("user:p%40ss@", "user:p@ss")]
    public async Task Connect_ThroughAnHttpProxy_TunnelsTheCall(string user, string login)
    {
        await using var proxy = ProxyServer.Connect("HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\n");
        using var client = new UpstreamClient(8443, proxy: new Uri($"http://{user}127.0.0.1:{proxy.Port}"), host: "api.example.com");

        await CallAsync(client);

        proxy.Target.ShouldBe("CONNECT api.example.com:8443 HTTP/1.1");
        proxy.Login.ShouldBe(login.Length == 0 ? "" : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}");
        proxy.Tunnelled.ShouldBe("POST /x HTTP/1.1");
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("")]
    public async Task Connect_HttpProxyRefuses_GivesNull(string answer)
    {
        await using var proxy = ProxyServer.Connect(answer);
        using var client = new UpstreamClient(443, proxy: new Uri($"http://127.0.0.1:{proxy.Port}"), host: "api.example.com");

        (await client.Pool.ConnectAsync(CancellationToken.None).AsTask().WithinAsync("the refusal")).ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task Connect_Ipv6ThroughAnHttpProxy_PutsBracketsRoundIt()
    {
        await using var proxy = ProxyServer.Connect("HTTP/1.1 200 OK\r\n\r\n");
        using var client = new UpstreamClient(80, proxy: new Uri($"http://127.0.0.1:{proxy.Port}"), host: "::1");

        await CallAsync(client);

        proxy.Target.ShouldBe("CONNECT [::1]:80 HTTP/1.1");
    }

    public static TheoryData<byte[]> BoundAddresses => new()
    {
        new byte[] { 1, 10, 0, 0, 1 },
        new byte[] { 3, 4, (byte)'h', (byte)'o', (byte)'s', (byte)'t' },
        new byte[] { 3, 0 },
        new byte[] { 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(BoundAddresses))]
    public async Task Connect_ThroughSocks5_TunnelsTheCallAndLetsTheProxyResolve(byte[] bound)
    {
        await using var proxy = ProxyServer.Socks5(method: 0, bound: bound);
        using var client = new UpstreamClient(8443, proxy: new Uri($"socks5://127.0.0.1:{proxy.Port}"), host: "api.example.com");

        await CallAsync(client);

        proxy.Target.ShouldBe("api.example.com:8443");
        proxy.Tunnelled.ShouldBe("POST /x HTTP/1.1");
    }

    [Theory]
    [InlineData("192.0.2.7", "IPv4 192.0.2.7:8443")]
    [InlineData("2001:db8::7", "IPv6 2001:db8::7:8443")]
    [InlineData("192.0.2.7.example.com", "192.0.2.7.example.com:8443")]
    public async Task Connect_LiteralThroughSocks5_SendsTheAddressAndNotAName(string host, string target)
    {
        await using var proxy = ProxyServer.Socks5(method: 0);
        using var client = new UpstreamClient(8443, proxy: new Uri($"socks5://127.0.0.1:{proxy.Port}"), host: host);

        await CallAsync(client);

        proxy.Target.ShouldBe(target);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(2, "user:p@ss")]
    public async Task Connect_ThroughSocks5WithAUser_LogsInWhereAsked(byte method, string login)
    {
        await using var proxy = ProxyServer.Socks5(method);
        using var client = new UpstreamClient(80, proxy: new Uri($"socks5://user:p%40ss@127.0.0.1:{proxy.Port}"), host: "api.example.com");

        await CallAsync(client);

        proxy.Login.ShouldBe(login);
    }

    [Theory]
    [InlineData("", 2, 0, 0)]
    [InlineData("user:wrong@", 2, 1, 0)]
    [InlineData("", 0, 0, 5)]
    public async Task Connect_Socks5Refuses_GivesNull(string user, byte method, byte loginStatus, byte reply)
    {
        await using var proxy = ProxyServer.Socks5(method, loginStatus, reply);
        using var client = new UpstreamClient(80, proxy: new Uri($"socks5://{user}127.0.0.1:{proxy.Port}"), host: "api.example.com");

        (await client.Pool.ConnectAsync(CancellationToken.None).AsTask().WithinAsync("the refusal")).ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task Connect_Socks5WithoutAPort_TriesTheUsualOne()
    {
        using var client = new UpstreamClient(80, proxy: new Uri("socks5://127.0.0.1"), host: "api.example.com");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));

        // Whether something listens at 1080 here is unknown; that it is no defect is not.
        (await client.Pool.ConnectAsync(limit.Token))?.Dispose();
    }

    private static async Task CallAsync(UpstreamClient client)
    {
        using var connection = await client.ConnectAsync();
        (await AskAsync(connection)).ShouldBe(200);
        (await ReadToEndAsync(connection)).ShouldBeTrue();
        Text(connection).ShouldBe("tunnels");
    }
}
