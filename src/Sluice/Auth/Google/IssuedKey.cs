using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Auth.Google;

/// <summary>A new key of an account. Its private key and its client secret are shown once and kept nowhere.</summary>
internal sealed record IssuedKey
{
    private const int KeySize = 2048;
    private const string TokenPath = "/oauth2.googleapis.com/token";

    public required string Account { get; init; }

    /// <summary>40 hexadecimal digits.</summary>
    public required string KeyId { get; init; }

    public required byte[] PublicKey { get; init; }

    /// <summary>Self-signed, for the certificate endpoints.</summary>
    public required byte[] Certificate { get; init; }

    public required string ClientSecret { get; init; }

    public required string TokenUri { get; init; }

    /// <summary>What Google's libraries take.</summary>
    public required GoogleKeyFile File { get; init; }

    /// <summary>Makes a key; takes some tenths of a second of the CPU.</summary>
    public static IssuedKey Create(string account, string email, string clientId, string project, string origin, DateTimeOffset now)
    {
        using var key = RSA.Create(KeySize);
        var id = RandomNumberGenerator.GetHexString(40, lowercase: true);
        return new IssuedKey
        {
            Account = account,
            KeyId = id,
            PublicKey = key.ExportSubjectPublicKeyInfo(),
            Certificate = SelfSigned(key, email, now),
            ClientSecret = "GOCSPX-" + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 40),
            TokenUri = origin + TokenPath,
            File = new GoogleKeyFile
            {
                ProjectId = project,
                PrivateKeyId = id,
                PrivateKey = key.ExportPkcs8PrivateKeyPem() + "\n",
                ClientEmail = email,
                ClientId = clientId,
                TokenUri = origin + TokenPath,
                AuthProviderX509CertUrl = origin + "/www.googleapis.com/oauth2/v1/certs",
                ClientX509CertUrl = $"{origin}/www.googleapis.com/robot/v1/metadata/x509/{Uri.EscapeDataString(email)}",
            },
        };
    }

    /// <summary>The certificate that carries a public key: nobody trusts it for anything but the key in it.</summary>
    public static byte[] SelfSigned(RSA key, string name, DateTimeOffset now)
    {
        var subject = new X500DistinguishedNameBuilder();

        // A common name has 64 characters at most (RFC 5280, ub-common-name); the address may have more.
        subject.AddCommonName(name.Length > 64 ? name[..64] : name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(20));
        return certificate.RawData;
    }
}
