using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.TestKit;
using Sluice.TestKit.Raw;

namespace Sluice.Providers.Tests.Transport;

public sealed class UpstreamTlsTests
{
    [Fact]
    public async Task Connect_CertificateThatNobodyTrusts_GivesNull()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate);
        using var client = new UpstreamClient(((IPEndPoint)listener.LocalEndpoint).Port, tls: true, host: "localhost");

        (await client.Pool.ConnectAsync(CancellationToken.None).AsTask().WithinAsync("the refusal")).ShouldBeNull();

        client.Pool.Open.ShouldBe(0);
        (await serving.WithinAsync("the server sees the end")).ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_PeerThatSpeaksNoTls_GivesNull()
    {
        await using var upstream = RawUpstream.Start(async exchange => await exchange.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        using var client = new UpstreamClient(upstream.Port, tls: true, host: "localhost");

        (await client.Pool.ConnectAsync(CancellationToken.None).AsTask().WithinAsync("the refusal")).ShouldBeNull();
    }

    [Fact]
    public async Task Connect_PeerThatNeverShakesHands_EndsWithItsDeadline()
    {
        await using var upstream = RawUpstream.Start(exchange => exchange.WaitForCloseAsync());
        using var client = new UpstreamClient(upstream.Port, tls: true, host: "localhost");
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        (await client.Pool.ConnectAsync(limit.Token).AsTask().WithinAsync("the deadline")).ShouldBeNull();

        await Eventually.HoldsAsync("the socket is closed", () => upstream.Closed == 1);
    }

    /// <summary>True when a request came through.</summary>
    private static async Task<bool> ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var socket = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(socket.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            return await tls.ReadAsync(new byte[1]) > 0;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }
}
