using System.Security.Cryptography;

namespace Sluice.Auth.Tokens;

/// <summary>A key that signs access tokens with ES256 and nothing else (RFC 7518 §3.4).</summary>
internal sealed class SigningKey : IDisposable
{
    public const string Algorithm = "ES256";

    private readonly ECDsa _key;
    private readonly ECParameters _public;

    private SigningKey(string id, ECDsa key, DateTimeOffset createdAt)
    {
        (Id, _key, CreatedAt) = (id, key, createdAt);
        _public = key.ExportParameters(includePrivateParameters: false);
    }

    /// <summary>The <c>kid</c>; random, and only ever compared.</summary>
    public string Id { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>The point's coordinates in base64url, for the published key set.</summary>
    public (string X, string Y) Point => (Base64Text.Encode(_public.Q.X), Base64Text.Encode(_public.Q.Y));

    public static SigningKey Create(string id, DateTimeOffset createdAt) => new(id, ECDsa.Create(ECCurve.NamedCurves.nistP256), createdAt);

    public static SigningKey Import(string id, ReadOnlySpan<byte> pkcs8, DateTimeOffset createdAt)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new SigningKey(id, key, createdAt);
    }

    public byte[] Export() => _key.ExportPkcs8PrivateKey();

    public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        => signature.Length == 64 && _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => _key.Dispose();
}
