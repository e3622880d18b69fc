using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Configuration;

/// <summary>Where the service listens, and with which certificate.</summary>
internal static class ServerAddresses
{
    /// <summary>
    /// Listens on <c>server.urls</c>. Addresses with https use the certificate of <c>server.tls</c>; while its files do not exist, they are
    /// served as plain HTTP. A certificate that was renewed is taken at the next start.
    /// </summary>
    /// <exception cref="ConfigException">The certificate or its key cannot be read.</exception>
    public static void UseSluiceAddresses(this IWebHostBuilder host, ServerConfig server)
    {
        var urls = server.Urls;
        if (server.Tls is { } tls)
        {
            if (File.Exists(tls.Certificate) && File.Exists(tls.Key))
            {
                var (certificate, chain) = Load(tls);
                host.UseKestrelHttpsConfiguration();
                host.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ServerCertificateChain = chain;
                }));
            }
            else
            {
                urls = urls.Replace("https://", "http://", StringComparison.OrdinalIgnoreCase);
            }
        }

        host.UseUrls(urls.Split(';'));
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsConfig tls)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(tls.Certificate);
            return (X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key), chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigException([new ConfigError(tls.Certificate, 0, "server.tls", $"the certificate or its key {tls.Key} cannot be read as PEM, or they do not belong together")]);
        }
    }
}
