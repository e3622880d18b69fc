using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth;

/// <summary>The HMAC-SHA-256 of a key's whole text under the pepper. Equality takes the same time whatever differs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct KeyDigest : IEquatable<KeyDigest>
{
    /// <summary>Longer texts are no keys: an HTTP server takes 32 KB of headers, and nobody may make us hash that.</summary>
    public const int LongestText = 4096;

    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes the 32 bytes that a row stores.</summary>
    public static KeyDigest FromBytes(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<KeyDigest>(bytes[..Size]);

    /// <summary>Digests a key's text; allocates nothing.</summary>
    /// <param name="pepper">The HMAC key.</param>
    /// <param name="text">At most <see cref="LongestText"/> characters.</param>
    public static KeyDigest Compute(ReadOnlySpan<byte> pepper, ReadOnlySpan<char> text)
    {
        Span<byte> small = stackalloc byte[512];
        var rented = text.Length * 3 > small.Length ? ArrayPool<byte>.Shared.Rent(text.Length * 3) : null;
        var buffer = rented is null ? small : rented;
        var length = Encoding.UTF8.GetBytes(text, buffer);
        Span<byte> digest = stackalloc byte[Size];
        HMACSHA256.HashData(pepper, buffer[..length], digest);
        if (rented is not null)
        {
            CryptographicOperations.ZeroMemory(rented);
            ArrayPool<byte>.Shared.Return(rented);
        }

        return MemoryMarshal.Read<KeyDigest>(digest);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        MemoryMarshal.Write(bytes, in this);
        return bytes;
    }

    public bool Equals(KeyDigest other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is KeyDigest other && Equals(other);

    /// <summary>A part of the HMAC: uniform, and without the pepper nobody can aim at collisions.</summary>
    public override int GetHashCode() => (int)_a;
}
