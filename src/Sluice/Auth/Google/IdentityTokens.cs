using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Sluice.Auth.Google;

/// <summary>Identity tokens (OpenID Connect) in Google's form, which the certificate endpoints verify.</summary>
internal sealed class IdentityTokens(SigningKeys keys, TimeProvider time)
{
    /// <summary>What Google's libraries insist on.</summary>
    private const string Issuer = "https://accounts.google.com";

    private const int Lifetime = 3600;

    public async Task<string> CreateAsync(VirtualServiceAccount account, string audience)
    {
        var key = await keys.GetAsync();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var header = Part(json =>
        {
            json.WriteString("alg", "RS256");
            json.WriteString("kid", key.Id);
            json.WriteString("typ", "JWT");
        });
        var claims = Part(json =>
        {
            json.WriteString("aud", audience);
            json.WriteString("azp", account.Email);
            json.WriteString("email", account.Email);
            json.WriteBoolean("email_verified", true);
            json.WriteNumber("exp", now + Lifetime);
            json.WriteNumber("iat", now);
            json.WriteString("iss", Issuer);
            json.WriteString("sub", account.ClientId);
        });
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(bytes.WrittenSpan);
    }
}
