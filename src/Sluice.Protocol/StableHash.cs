using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Sluice.Protocol;

/// <summary>A fast 64-bit hash that is the same in every process and on every node; no protection against somebody who looks for collisions.</summary>
public static class StableHash
{
    public const ulong Seed = 0x9E37_79B9_7F4A_7C15;

    private const ulong Multiplier = 0xD6E8_FEB8_6659_FD93;

    public static ulong Of(string text) => Add(Seed, Encoding.UTF8.GetBytes(text));

    /// <summary>Goes on with a hash: the order and the cuts between texts count.</summary>
    public static ulong Add(ulong hash, ReadOnlySpan<byte> text)
    {
        var length = (ulong)text.Length;
        if (text.Length >= 4 * sizeof(ulong))
        {
            hash = AddBlocks(hash, ref text);
        }

        while (text.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
            text = text[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var letter in text)
        {
            rest = rest << 8 | letter;
        }

        return Mix(Mix(hash ^ rest) + length);
    }

    /// <summary>Four lanes side by side: one after the other, each word would wait for the multiplication of the one before.</summary>
    private static ulong AddBlocks(ulong hash, ref ReadOnlySpan<byte> text)
    {
        var (a, b, c, d) = (hash, hash + Seed, hash ^ Multiplier, ~hash);
        do
        {
            a = Fold(a, text);
            b = Fold(b, text[8..]);
            c = Fold(c, text[16..]);
            d = Fold(d, text[24..]);
            text = text[32..];
        }
        while (text.Length >= 32);
        return Mix(a) ^ Mix(b + 1) ^ Mix(c + 2) ^ Mix(d + 3);
    }

    private static ulong Fold(ulong lane, ReadOnlySpan<byte> text)
        => BitOperations.RotateLeft((lane ^ BinaryPrimitives.ReadUInt64LittleEndian(text)) * Multiplier, 29);

    /// <summary>Spreads every bit over all bits (the finisher of SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * Multiplier;
        value = (value ^ (value >> 32)) * Multiplier;
        return value ^ (value >> 32);
    }
}
