using System.Buffers.Binary;
using System.Text;

namespace Sluice.Usage;

/// <summary>
/// Reads what <see cref="PayloadWriter"/> wrote. Bytes that were not written by it make it broken, which the caller asks for
/// at the end; from there on every field is empty.
/// </summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>True when a field could not be read.</summary>
    public bool IsBroken { get; private set; }

    public byte Byte()
    {
        var bytes = Take(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    public long Number()
    {
        ulong bits = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            bits |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)(bits >> 1) ^ -(long)(bits & 1);
            }
        }

        IsBroken = true;
        return 0;
    }

    public string Text() => Encoding.UTF8.GetString(Utf8());

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> Utf8()
    {
        var length = Take(2);
        return length.IsEmpty ? default : Take(BinaryPrimitives.ReadUInt16LittleEndian(length));
    }

    public byte[] Bytes()
    {
        var length = Number();
        return length < 0 || length > _rest.Length ? Break() : Take((int)length).ToArray();
    }

    private byte[] Break()
    {
        IsBroken = true;
        return [];
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (IsBroken || length > _rest.Length)
        {
            IsBroken = true;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
