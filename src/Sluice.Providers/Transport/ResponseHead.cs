using System.Buffers.Text;
using System.Text;

namespace Sluice.Providers.Transport;

/// <summary>
/// A response's status line and headers, as places in the receive buffer. Strict where leniency would let two readers
/// disagree: no bare line feeds, no folded lines, no two different lengths, no length beside chunked coding.
/// </summary>
internal struct ResponseHead
{
    private const int MaxHeaders = 100;

    private Field[]? _fields;
    private int _count;
    private bool _closes;

    public ResponseHead()
    {
        _fields = new Field[16];
        ContentLength = -1;
    }

    private readonly record struct Field(int Name, int NameLength, int Value, int ValueLength);

    public int Status { get; private set; }

    /// <summary>-1 when none was given.</summary>
    public long ContentLength { get; private set; }

    public bool Chunked { get; private set; }

    public bool KeepAlive { get; private set; }

    public void Reset()
    {
        _count = 0;
        Status = 0;
        ContentLength = -1;
        Chunked = false;
        KeepAlive = false;
        _closes = false;
    }

    /// <summary>The length of the head with its empty line; 0 while it is incomplete.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf("\r\n\r\n"u8);
        return at < 0 ? 0 : at + 4;
    }

    /// <summary>Parses the head that stands at <paramref name="start"/>; false when it is malformed.</summary>
    public bool TryParse(byte[] buffer, int start, int length)
    {
        Reset();
        var head = buffer.AsSpan(start, length - 2);

        // "HTTP/1.1 200" and then a reason that nobody reads.
        if (head.Length < 14 || !head.StartsWith("HTTP/1."u8) || head[7] is not ((byte)'0' or (byte)'1') || head[8] != ' '
            || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var digits) || digits != 3 || status < 100
            || head[12] is not ((byte)' ' or (byte)'\r'))
        {
            return false;
        }

        Status = status;
        KeepAlive = head[7] == '1';
        var end = head.IndexOf("\r\n"u8);
        if (head[..end].ContainsAny((byte)'\n', (byte)'\r', (byte)0))
        {
            return false;
        }

        for (var at = end + 2; at < head.Length;)
        {
            var line = head[at..];
            var stop = line.IndexOf("\r\n"u8);
            line = line[..stop];
            var colon = line.IndexOf((byte)':');

            // No name, a folded line (leading white space), white space before the colon, or a stray control character.
            if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t' || line[colon - 1] is (byte)' ' or (byte)'\t'
                || line.ContainsAny((byte)'\n', (byte)'\r', (byte)0) || _count == MaxHeaders)
            {
                return false;
            }

            var value = line[(colon + 1)..].Trim(" \t"u8);
            var valueAt = at + colon + 1 + (line[(colon + 1)..].Length - line[(colon + 1)..].TrimStart(" \t"u8).Length);
            if (_count == _fields!.Length)
            {
                Array.Resize(ref _fields, Math.Min(MaxHeaders, _count * 2));
            }

            _fields[_count++] = new Field(start + at, colon, start + valueAt, value.Length);
            if (!Note(line[..colon], value))
            {
                return false;
            }

            at += stop + 2;
        }

        // RFC 9112 6.1: both together are an attack or a defect.
        return !(Chunked && ContentLength >= 0);
    }

    public readonly string? Find(byte[] buffer, string name)
    {
        Span<byte> utf8 = stackalloc byte[64];
        if (!Encoding.ASCII.TryGetBytes(name, utf8, out var written))
        {
            return null;
        }

        var place = Place(buffer, utf8[..written]);
        return place.Name < 0 ? null : Encoding.Latin1.GetString(buffer, place.Value, place.ValueLength);
    }

    public readonly ReadOnlySpan<byte> FindRaw(byte[] buffer, ReadOnlySpan<byte> name)
    {
        var place = Place(buffer, name);
        return place.Name < 0 ? default : buffer.AsSpan(place.Value, place.ValueLength);
    }

    public readonly bool Next(byte[] buffer, ref int at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        if (at >= _count)
        {
            return false;
        }

        ref readonly var field = ref _fields![at++];
        name = buffer.AsSpan(field.Name, field.NameLength);
        value = buffer.AsSpan(field.Value, field.ValueLength);
        return true;
    }

    private readonly Field Place(byte[] buffer, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _count; i++)
        {
            ref readonly var field = ref _fields![i];
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(buffer.AsSpan(field.Name, field.NameLength), name))
            {
                return field;
            }
        }

        return new Field(-1, 0, 0, 0);
    }

    /// <summary>Takes what framing needs from a header; false when it contradicts an earlier one.</summary>
    private bool Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                if (!Utf8Parser.TryParse(value, out long length, out var used) || used != value.Length || length < 0
                    || value[0] is (byte)'+' or (byte)'-' || (ContentLength >= 0 && ContentLength != length))
                {
                    return false;
                }

                ContentLength = length;
                return true;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                // Chunked twice over is chunks within chunks to one reader and a repetition to another.
                var again = Chunked;
                Chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
                return Chunked && !again;
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                foreach (var range in value.Split((byte)','))
                {
                    var option = value[range].Trim(" \t"u8);
                    _closes |= Ascii.EqualsIgnoreCase(option, "close"u8);
                    KeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
                }

                // RFC 9112 9.3: close wins over everything else.
                KeepAlive &= !_closes;
                return true;
            default:
                return true;
        }
    }
}
