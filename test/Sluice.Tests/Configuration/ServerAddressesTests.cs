using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ServerAddressesTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public async Task UseSluiceAddresses_Certificate_ServesHttps()
    {
        var tls = WriteCertificate();
        await using var app = await StartAsync(new ServerConfig { Urls = "https://127.0.0.1:0", Tls = tls });
        using var trusted = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(tls.Certificate));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == trusted.GetCertHashString() },
        };
        using var client = new HttpClient(handler);

        app.Urls.Single().ShouldStartWith("https://");
        (await client.GetStringAsync(new Uri(app.Urls.Single()))).ShouldBe("https");
    }

    [Fact]
    public async Task UseSluiceAddresses_CertificateIsMissing_ServesPlainHttp()
    {
        var tls = new TlsConfig { Certificate = _folder.File("no.pem"), Key = _folder.File("no.key") };
        await using var app = await StartAsync(new ServerConfig { Urls = "https://127.0.0.1:0", Tls = tls });
        using var client = new HttpClient();

        (await client.GetStringAsync(new Uri(app.Urls.Single()))).ShouldBe("http");
    }

    [Fact]
    public async Task UseSluiceAddresses_KeyOfAnotherCertificate_IsAConfigurationError()
    {
        var tls = WriteCertificate();
        using var other = RSA.Create(2048);
        await File.WriteAllTextAsync(tls.Key, other.ExportPkcs8PrivateKeyPem());

        var e = await Should.ThrowAsync<ConfigException>(() => StartAsync(new ServerConfig { Urls = "https://127.0.0.1:0", Tls = tls }));

        e.Errors.ShouldHaveSingleItem().Path.ShouldBe("server.tls");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<WebApplication> StartAsync(ServerConfig server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSluiceAddresses(server);
        var app = builder.Build();
        app.MapGet("/", (HttpContext context) => context.Request.Scheme);
        await app.StartAsync();
        return app;
    }

    private TlsConfig WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _folder.Write(certificate.ExportCertificatePem(), "cert.pem");
        _folder.Write(key.ExportPkcs8PrivateKeyPem(), "key.pem");
        return new TlsConfig { Certificate = _folder.File("cert.pem"), Key = _folder.File("key.pem") };
    }
}
