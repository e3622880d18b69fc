using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Auth.Google;

/// <summary>
/// A signed statement (compact JWS) as it was sent: read, not believed. Bounded in size; whatever is sent, reading it costs
/// about the same and throws nothing.
/// </summary>
internal sealed class SignedAssertion
{
    /// <summary>The longest that is read, in characters; Google's have about 800.</summary>
    public const int Longest = 8 * 1024;

    private const int MaxDepth = 8;

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private SignedAssertion(JsonElement header, JsonElement claims, byte[] signed, byte[] signature)
        => (Header, Claims, _signed, _signature) = (header, claims, signed, signature);

    public JsonElement Header { get; }

    public JsonElement Claims { get; }

    /// <summary>Reads three parts of base64url, of which the first two are JSON objects; null for anything else.</summary>
    public static SignedAssertion? Read(string text)
    {
        if (text.Length > Longest || !Ascii.IsValid(text) || text.Split('.') is not [var head, var claims, var signature]
            || ObjectOf(head) is not { } headObject || ObjectOf(claims) is not { } claimsObject || BytesOf(signature) is not { } signatureBytes)
        {
            return null;
        }

        return new SignedAssertion(headObject, claimsObject, Encoding.ASCII.GetBytes(text[..(head.Length + 1 + claims.Length)]), signatureBytes);
    }

    /// <summary>True when the key has made the signature, as RS256: the one algorithm there is, whatever the header says.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo.</param>
    public bool IsSignedBy(byte[] publicKey)
    {
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>A text member; null when it is absent or no text.</summary>
    public static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A time in whole seconds; null when it is absent, no number, or no time at all.</summary>
    public long? Seconds(string name)
        => Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is > 0 and < 253_402_300_800
            ? (long)number
            : null;

    private static JsonElement? ObjectOf(string part)
    {
        if (BytesOf(part) is not { } bytes)
        {
            return null;
        }

        try
        {
            // Two members of one name could be read in two ways.
            var json = JsonElement.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            if (json.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            // Strings that are no text throw when they are read; all are read here, once.
            foreach (var member in json.EnumerateObject())
            {
                _ = member.Name;
                if (member.Value.ValueKind == JsonValueKind.String)
                {
                    _ = member.Value.GetString();
                }
            }

            return json;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[]? BytesOf(string part)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        try
        {
            return Base64Url.TryDecodeFromChars(part, bytes, out var length) ? bytes[..length] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
