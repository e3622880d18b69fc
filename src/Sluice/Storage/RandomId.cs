using System.Security.Cryptography;

namespace Sluice.Storage;

/// <summary>Identifiers with a prefix, such as <c>key_0f3b…</c>.</summary>
internal static class RandomId
{
    /// <summary>128 random bits in lower-case hexadecimal after the prefix.</summary>
    public static string Create(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return prefix + Convert.ToHexStringLower(bytes);
    }

    /// <summary>The id of something that has no row of its own: the same parts give the same id in every process.</summary>
    /// <param name="prefix">Such as <c>prv_</c>.</param>
    /// <param name="parts">What names the thing; free texts that may contain any character.</param>
    public static string Derive(string prefix, params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(part);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return prefix + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
