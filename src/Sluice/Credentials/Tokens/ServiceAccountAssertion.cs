using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Providers.Vertex;

namespace Sluice.Credentials.Tokens;

/// <summary>The signed statement that a service account is exchanged by (RFC 7523; developers.google.com/identity/protocols/oauth2/service-account).</summary>
internal static class ServiceAccountAssertion
{
    /// <summary>What every call on Google Cloud can be made with.</summary>
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private const int Seconds = 3600;

    /// <summary>Signs one; takes about a millisecond of the CPU.</summary>
    public static string Create(ServiceAccountKey key, DateTimeOffset now)
    {
        var issuedAt = now.ToUnixTimeSeconds();
        var header = Part(json =>
        {
            json.WriteString("alg", "RS256");
            json.WriteString("typ", "JWT");
            if (key.PrivateKeyId.Length > 0)
            {
                json.WriteString("kid", key.PrivateKeyId);
            }
        });
        var claims = Part(json =>
        {
            json.WriteString("iss", key.ClientEmail);
            json.WriteString("scope", Scope);
            json.WriteString("aud", key.TokenUri.OriginalString);
            json.WriteNumber("iat", issuedAt);
            json.WriteNumber("exp", issuedAt + Seconds);
        });
        var signed = $"{header}.{claims}";
        var signature = key.Key.SignData(System.Text.Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(bytes.WrittenSpan);
    }
}
