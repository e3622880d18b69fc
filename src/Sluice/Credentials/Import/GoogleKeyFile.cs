using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Credentials.Import;

/// <summary>Checks that a text is a Google service account's key file that may be used (wire.md 3.12).</summary>
internal static class GoogleKeyFile
{
    private static readonly string[] TokenHosts = ["oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com"];

    public static bool LooksLike(JsonElement json)
        => json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("private_key", out _) || TextOf(json, "type") == "service_account");

    /// <summary>What is wrong with a key file, for a person; null when it is good.</summary>
    public static string? FaultOf(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return "is not a Google key file: it is no JSON object";
        }

        if (TextOf(json, "type") is var type && type != "service_account")
        {
            return $"is not a service account's key file: its type is '{(type.Length <= 40 ? type : type[..40])}'";
        }

        foreach (var member in new[] { "project_id", "client_email", "private_key", "token_uri" })
        {
            if (TextOf(json, member).Length == 0)
            {
                return $"is not a whole key file: '{member}' is missing";
            }
        }

        return !IsPrivateKey(TextOf(json, "private_key")) ? "has a private_key that is no RSA key in PEM"
            : !IsGoogles(TextOf(json, "token_uri")) ? "names a token_uri that is not Google's"
            : null;
    }

    /// <summary>The text of a member; empty when it is absent or no text.</summary>
    internal static string TextOf(JsonElement json, string member)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool IsPrivateKey(string pem)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Loopback is the operator's own, for tests and for a gateway behind this one.</summary>
    private static bool IsGoogles(string url)
        => Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.IsLoopback ? address.Scheme is "http" or "https" : address.Scheme == "https" && address.IsDefaultPort && TokenHosts.Contains(address.Host));
}
