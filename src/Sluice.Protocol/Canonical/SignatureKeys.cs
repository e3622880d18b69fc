using System.Security.Cryptography;
using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>The keys of <see cref="ISignatureStore"/>.</summary>
public static class SignatureKeys
{
    /// <summary>The key of a tool call, by the id that the client sees.</summary>
    public static string OfCall(string callId) => $"call:{callId}";

    /// <summary>The key of a message without tool calls: a hash of its text, which is all that every client sends back.</summary>
    public static string OfText(string text) => $"text:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
