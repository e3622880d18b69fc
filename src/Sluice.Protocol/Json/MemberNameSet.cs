using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Protocol.Json;

/// <summary>
/// The names seen so far in one object, compared as they are after unescaping. The first <see cref="Inline"/> names stand
/// in the caller's scratch and are compared by their hashes; more than that move to a pooled table.
/// </summary>
/// <remarks>
/// The hash is seeded once for each process: nobody can send a million names that collide (threat: quadratic time on
/// duplicate checks).
/// </remarks>
internal ref struct MemberNameSet(ReadOnlySpan<byte> text, Span<ulong> inline)
{
    /// <summary>The length of the scratch that the constructor takes.</summary>
    public const int Inline = 32;

    private const int MaxStackName = 256;

    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    // An entry is the upper half of the name's hash and, below it, one more than the offset of the name.
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<ulong> _inline = inline;
    private ulong[]? _table;
    private int _mask;
    private int _count;

    /// <summary>Adds a name; false when it was there.</summary>
    /// <param name="offset">Where the name's first byte after the quote stands in the text.</param>
    /// <param name="length">The length up to the closing quote.</param>
    /// <param name="escaped">True when the name holds a backslash.</param>
    public bool Add(int offset, int length, bool escaped)
    {
        var hash = HashOf(_text.Slice(offset, length), escaped) & 0xFFFF_FFFF_0000_0000;
        var entry = hash | (uint)(offset + 1);
        if (_table is null)
        {
            foreach (var seen in _inline[.._count])
            {
                if ((seen ^ hash) <= uint.MaxValue && IsSame(seen, offset, length))
                {
                    return false;
                }
            }

            if (_count < Inline)
            {
                _inline[_count++] = entry;
                return true;
            }

            Grow(Inline * 8);
        }
        else if (_count >= _mask >> 1)
        {
            Grow((_mask + 1) * 4);
        }

        var slot = Slot(hash);
        while (_table![slot] != 0)
        {
            if ((_table[slot] ^ hash) <= uint.MaxValue && IsSame(_table[slot], offset, length))
            {
                return false;
            }

            slot = (slot + 1) & _mask;
        }

        _table[slot] = entry;
        _count++;
        return true;
    }

    /// <summary>Gives the table back to the pool.</summary>
    public void Dispose()
    {
        if (_table is { } table)
        {
            _table = null;
            ArrayPool<ulong>.Shared.Return(table);
        }
    }

    private readonly int Slot(ulong hash) => (int)(hash >> 32) & _mask;

    private void Grow(int capacity)
    {
        var table = ArrayPool<ulong>.Shared.Rent(capacity);
        table.AsSpan(0, capacity).Clear();
        var old = _table;
        var entries = old is null ? _inline : old.AsSpan(0, _mask + 1);
        _table = table;
        _mask = capacity - 1;
        foreach (var entry in entries)
        {
            if (entry == 0)
            {
                continue;
            }

            var slot = Slot(entry);
            while (table[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            table[slot] = entry;
        }

        if (old is not null)
        {
            ArrayPool<ulong>.Shared.Return(old);
        }
    }

    private readonly bool IsSame(ulong entry, int offset, int length)
    {
        var other = _text[(int)((uint)entry - 1)..];
        var name = _text.Slice(offset, length);
        if (other.Length > length && other[length] == (byte)'"' && other.StartsWith(name))
        {
            return true;
        }

        var inEscape = false;
        other = other[..JsonText.IndexOfQuote(other, ref inEscape)];
        if (!other.Contains((byte)'\\') && !name.Contains((byte)'\\'))
        {
            return false;
        }

        using var plainOther = new PlainName(other);
        using var plainName = new PlainName(name);
        return plainOther.Bytes.SequenceEqual(plainName.Bytes);
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
