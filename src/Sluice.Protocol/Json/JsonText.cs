using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Sluice.Protocol.Json;

/// <summary>The contents of JSON strings: what stands between the quotes, with and without its escapes.</summary>
internal static class JsonText
{
    /// <summary>What stands between the quotes of a string token.</summary>
    public static ReadOnlySpan<byte> Contents(ReadOnlySpan<byte> token) => token[1..^1];

    /// <summary>True when the contents of a valid string, once unescaped, are exactly this text.</summary>
    public static bool Equals(ReadOnlySpan<byte> contents, ReadOnlySpan<byte> text)
    {
        if (!contents.Contains((byte)'\\'))
        {
            return contents.SequenceEqual(text);
        }

        Span<byte> unit = stackalloc byte[4];
        while (!contents.IsEmpty)
        {
            var length = ReadUnit(ref contents, unit);
            if (!text.StartsWith(unit[..length]))
            {
                return false;
            }

            text = text[length..];
        }

        return text.IsEmpty;
    }

    /// <summary>
    /// Writes the contents of a valid string without their escapes; never longer than the contents. A surrogate that stands
    /// alone becomes the three bytes of its code unit, so that different strings stay different.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> contents, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var plain = contents.IndexOf((byte)'\\');
            if (plain < 0)
            {
                contents.CopyTo(destination[written..]);
                return written + contents.Length;
            }

            contents[..plain].CopyTo(destination[written..]);
            written += plain;
            contents = contents[plain..];
            written += ReadUnit(ref contents, destination[written..]);
        }
    }

    /// <summary>Where the quote stands that ends a string, in a piece of the string's contents.</summary>
    /// <param name="contents">Contents that may go on in another piece.</param>
    /// <param name="escaped">True when the piece before ended in the backslash of an escape; says the same of this one.</param>
    /// <returns>-1 when the string does not end in this piece.</returns>
    public static int IndexOfQuote(ReadOnlySpan<byte> contents, ref bool escaped)
    {
        var at = escaped && !contents.IsEmpty ? 1 : 0;
        escaped &= contents.IsEmpty;
        ref var start = ref MemoryMarshal.GetReference(contents);
        while (at <= contents.Length - Vector256<byte>.Count)
        {
            var block = Vector256.LoadUnsafe(ref start, (nuint)at);
            var special = (Vector256.Equals(block, Vector256.Create((byte)'"'))
                | Vector256.Equals(block, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();
            var used = 0;
            while (special != 0)
            {
                used = BitOperations.TrailingZeroCount(special);
                if (contents[at + used] == (byte)'"')
                {
                    return at + used;
                }

                used += 2;
                special = used < Vector256<byte>.Count ? special >> used << used : 0;
            }

            at += Math.Max(used, Vector256<byte>.Count);
        }

        for (; at < contents.Length; at++)
        {
            if (contents[at] == (byte)'"')
            {
                return at;
            }

            if (contents[at] == (byte)'\\')
            {
                at++;
            }
        }

        escaped |= at > contents.Length;
        return -1;
    }

    /// <summary>Reads the four hexadecimal digits of a <c>\u</c> escape.</summary>
    public static bool TryReadHex4(ReadOnlySpan<byte> digits, out int value)
    {
        value = (HexValue(digits[0]) << 12) | (HexValue(digits[1]) << 8) | (HexValue(digits[2]) << 4) | HexValue(digits[3]);
        return value >= 0;
    }

    /// <summary>The value of a hexadecimal digit; -1 for any other byte.</summary>
    public static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    /// <summary>Takes one byte or one escape (a pair of surrogates counts as one) from valid contents and writes it as UTF-8.</summary>
    private static int ReadUnit(ref ReadOnlySpan<byte> contents, scoped Span<byte> destination)
    {
        if (contents[0] != (byte)'\\')
        {
            destination[0] = contents[0];
            contents = contents[1..];
            return 1;
        }

        if (contents[1] != (byte)'u')
        {
            destination[0] = contents[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var itself => itself,
            };
            contents = contents[2..];
            return 1;
        }

        _ = TryReadHex4(contents[2..], out var unit);
        contents = contents[6..];
        if (char.IsHighSurrogate((char)unit) && contents.StartsWith("\\u"u8)
            && TryReadHex4(contents[2..], out var low) && char.IsLowSurrogate((char)low))
        {
            contents = contents[6..];
            return new Rune((char)unit, (char)low).EncodeToUtf8(destination);
        }

        if (Rune.TryCreate((char)unit, out var rune))
        {
            return rune.EncodeToUtf8(destination);
        }

        destination[0] = (byte)(0xE0 | (unit >> 12));
        destination[1] = (byte)(0x80 | ((unit >> 6) & 0x3F));
        destination[2] = (byte)(0x80 | (unit & 0x3F));
        return 3;
    }
}
