using System.Security.Cryptography;
using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>The keys of <see cref="ISignatureStore"/>.</summary>
public static class SignatureKeys
{
    /// <summary>The key of a tool call, by the id that the client sees.</summary>
    public static string OfCall(string callId) => $"call:{callId}";

    private const string RefusedPrefix = "refused:";

    /// <summary>The key of a signature that a vendor has refused.</summary>
    /// <param name="provider">The name of the provider that refused it.</param>
    /// <param name="signature">The signature.</param>
    public static string OfRefused(string provider, Signature signature) => $"{RefusedPrefix}{provider}:{HashOf(signature.Data)}";

    /// <summary>True for a key of <see cref="OfRefused"/>.</summary>
    public static bool IsOfRefused(string key) => key.StartsWith(RefusedPrefix, StringComparison.Ordinal);

    /// <summary>The key of a message without tool calls: a hash of its text, which is all that every client sends back.</summary>
    public static string OfText(string text) => $"text:{HashOf(text)}";

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
