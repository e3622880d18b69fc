using System.Buffers.Binary;
using System.Text;

namespace Sluice.Usage;

/// <summary>Writes the fields of a journal record one after another. The buffer must be large enough for the longest of each.</summary>
internal ref struct PayloadWriter(Span<byte> buffer)
{
    /// <summary>Characters of a text that are kept; as many as the database keeps.</summary>
    public const int LongestText = 256;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void Byte(byte value) => _buffer[Length++] = value;

    /// <summary>A number in 1 to 10 bytes: small ones of either sign are short.</summary>
    public void Number(long value)
    {
        var bits = (ulong)((value << 1) ^ (value >> 63));
        while (bits >= 0x80)
        {
            _buffer[Length++] = (byte)(bits | 0x80);
            bits >>= 7;
        }

        _buffer[Length++] = (byte)bits;
    }

    /// <summary>A text, cut to the longest that is kept, after its length in bytes.</summary>
    public void Text(string text)
    {
        var characters = text.AsSpan(0, Math.Min(text.Length, LongestText));
        var length = Encoding.UTF8.GetBytes(characters, _buffer[(Length + 2)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[Length..], (ushort)length);
        Length += 2 + length;
    }

    /// <summary>Bytes after their number.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }
}
