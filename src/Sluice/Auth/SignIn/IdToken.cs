using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.SignIn;

/// <summary>
/// The signature of an OpenID provider's token. Only RS256 and ES256, only with a key of the provider's own set that is of that kind;
/// keys and addresses of keys inside the token are never looked at.
/// </summary>
internal static class IdToken
{
    private const int Longest = 32 * 1024;
    private const int SmallestModulus = 256;

    /// <summary>The claims of a token whose signature one of the keys has made; null otherwise.</summary>
    public static JsonElement? Read(string token, JsonElement keys)
    {
        var parts = token.Split('.');
        if (token.Length > Longest || parts.Length != 3
            || Parse(parts[0]) is not { } header || header.TryGetProperty("crit", out _)
            || Base64Text.Decode(parts[2]) is not { } signature)
        {
            return null;
        }

        var signed = Encoding.ASCII.GetBytes(token, 0, token.LastIndexOf('.'));
        var algorithm = header.Text("alg");
        var candidates = keys.Items("keys").Where(key => (header.Text("kid") is not { } id || key.Text("kid") == id) && key.Text("use") is null or "sig").ToList();

        // Without a kid there must be no choice.
        return candidates is [var one] && Verifies(one, algorithm, signed, signature) ? Parse(parts[1]) : null;
    }

    private static bool Verifies(JsonElement key, string? algorithm, byte[] signed, byte[] signature)
    {
        if (key.Text("alg") is { } pinned && pinned != algorithm)
        {
            return false;
        }

        try
        {
            switch (algorithm, key.Text("kty"))
            {
                case ("RS256", "RSA") when Number(key, "n") is { Length: >= SmallestModulus } modulus && Number(key, "e") is { } exponent:
                    using (var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }))
                    {
                        return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                    }

                case ("ES256", "EC") when key.Text("crv") == "P-256" && Number(key, "x") is { } x && Number(key, "y") is { } y:
                    using (var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }))
                    {
                        return signature.Length == 64 && curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                    }

                default:
                    return false;
            }
        }
        catch (CryptographicException)
        {
            // The set's key is no point or no modulus.
            return false;
        }
    }

    private static byte[]? Number(JsonElement key, string name) => key.Text(name) is { } text ? Base64Text.Decode(text) : null;

    private static JsonElement? Parse(string part)
    {
        if (Base64Text.Decode(part) is not { } json)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
