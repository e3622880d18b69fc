using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Sluice.Protocol.Json;

/// <summary>
/// The names of one object's members, to find one that stands there twice. Names are compared as they are after unescaping.
/// </summary>
/// <remarks>
/// The first <see cref="Inline"/> names are compared as they come: no request of a vendor has more. A hostile one may have
/// millions; those are only noted, with their hashes, and compared at the end: parted by hash into groups that fit the
/// processor's nearest cache, which is several times faster than one large table. The hash is seeded once for each
/// process, so that nobody can send names that collide.
/// </remarks>
internal ref struct MemberNames(ReadOnlySpan<byte> text, Span<ulong> inline)
{
    /// <summary>The length of the scratch that the constructor takes.</summary>
    public const int Inline = 32;

    private const int Groups = 1024;
    private const int GroupShift = 54;
    private const int MaxStackName = 256;
    private const ulong HashMask = 0xFFFF_FFFF_0000_0000;

    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    // An entry is the upper half of a name's hash and, below it, the offset of the name.
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<ulong> _inline = inline;
    private ulong[] _noted = [];
    private int _count;

    /// <summary>Notes a name; false when it is known by now to stand there twice.</summary>
    /// <param name="offset">Where the name's first byte after the quote stands in the text.</param>
    /// <param name="length">The length up to the closing quote.</param>
    /// <param name="escaped">True when the name holds a backslash.</param>
    public bool Add(int offset, int length, bool escaped)
    {
        var entry = (HashOf(_text.Slice(offset, length), escaped) & HashMask) | (uint)offset;
        if (_count < Inline)
        {
            foreach (var seen in _inline[.._count])
            {
                if (IsSame(seen, entry))
                {
                    return false;
                }
            }

            _inline[_count++] = entry;
            return true;
        }

        if (_count >= _noted.Length)
        {
            Grow();
        }

        _noted[_count++] = entry;
        return true;
    }

    /// <summary>Finds a name that stands there twice.</summary>
    /// <returns>What stands between its quotes; an offset of -1 when there is none.</returns>
    public readonly JsonSlice FindDuplicate()
    {
        if (_count <= Inline)
        {
            return new JsonSlice(-1, 0);
        }

        Span<int> ends = stackalloc int[Groups];
        var noted = _noted.AsSpan(0, _count);
        foreach (var entry in noted)
        {
            ends[(int)(entry >> GroupShift)]++;
        }

        var largest = 0;
        var start = 0;
        foreach (ref var end in ends)
        {
            largest = Math.Max(largest, end);
            (end, start) = (start, start + end);
        }

        var grouped = ArrayPool<ulong>.Shared.Rent(_count);
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)largest) * 2;
        var table = ArrayPool<ulong>.Shared.Rent(capacity);
        foreach (var entry in noted)
        {
            grouped[ends[(int)(entry >> GroupShift)]++] = entry;
        }

        var found = new JsonSlice(-1, 0);
        start = 0;
        for (var group = 0; group < Groups && found.Offset < 0; group++)
        {
            found = FindDuplicate(grouped.AsSpan(start..ends[group]), table.AsSpan(0, capacity));
            start = ends[group];
        }

        ArrayPool<ulong>.Shared.Return(grouped);
        ArrayPool<ulong>.Shared.Return(table);
        return found;
    }

    /// <summary>Gives the notes back to the pool.</summary>
    public void Dispose()
    {
        if (_noted.Length > 0)
        {
            ArrayPool<ulong>.Shared.Return(_noted);
            _noted = [];
        }
    }

    private readonly JsonSlice FindDuplicate(ReadOnlySpan<ulong> group, Span<ulong> table)
    {
        table.Fill(ulong.MaxValue);
        foreach (var entry in group)
        {
            var slot = (int)(entry >> 32) & (table.Length - 1);
            while (table[slot] != ulong.MaxValue)
            {
                if (IsSame(table[slot], entry))
                {
                    return new JsonSlice((int)(uint)entry, NameAt(entry).Length);
                }

                slot = (slot + 1) & (table.Length - 1);
            }

            table[slot] = entry;
        }

        return new JsonSlice(-1, 0);
    }

    private void Grow()
    {
        var larger = ArrayPool<ulong>.Shared.Rent(Math.Max(_count * 2, Inline * 8));
        (_noted.Length == 0 ? _inline : _noted.AsSpan(0, _count)).CopyTo(larger);
        Dispose();
        _noted = larger;
    }

    private readonly ReadOnlySpan<byte> NameAt(ulong entry)
    {
        var name = _text[(int)(uint)entry..];
        var escaped = false;
        return name[..JsonText.IndexOfQuote(name, ref escaped)];
    }

    private readonly bool IsSame(ulong one, ulong other)
    {
        if ((one ^ other) >> 32 != 0)
        {
            return false;
        }

        var left = NameAt(one);
        var right = NameAt(other);
        if (left.SequenceEqual(right))
        {
            return true;
        }

        if (!left.Contains((byte)'\\') && !right.Contains((byte)'\\'))
        {
            return false;
        }

        using var plainLeft = new PlainName(left);
        using var plainRight = new PlainName(right);
        return plainLeft.Bytes.SequenceEqual(plainRight.Bytes);
    }

    private static ulong HashOf(ReadOnlySpan<byte> name, bool escaped)
    {
        if (!escaped)
        {
            return HashOf(name);
        }

        if (name.Length <= MaxStackName)
        {
            Span<byte> plain = stackalloc byte[MaxStackName];
            return HashOf(plain[..JsonText.Unescape(name, plain)]);
        }

        using var pooled = new PlainName(name);
        return HashOf(pooled.Bytes);
    }

    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        var hash = Seed ^ (ulong)name.Length;
        while (name.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name), 0x9E37_79B9_7F4A_7C15);
            name = name[8..];
        }

        var rest = 0UL;
        foreach (var one in name)
        {
            rest = (rest << 8) | one;
        }

        return Mix(Mix(hash ^ rest, 0xA076_1D64_78BD_642F), Seed | 1);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    /// <summary>A name without its escapes, in a pooled buffer.</summary>
    private readonly ref struct PlainName
    {
        private readonly byte[] _buffer;
        private readonly int _length;

        public PlainName(ReadOnlySpan<byte> contents)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(contents.Length);
            _length = JsonText.Unescape(contents, _buffer);
        }

        public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
