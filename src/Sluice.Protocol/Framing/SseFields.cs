namespace Sluice.Protocol.Framing;

/// <summary>The fields of one event, gathered line by line (WHATWG HTML, section 9.2.6).</summary>
internal ref struct SseFields
{
    public const byte CarriageReturn = (byte)'\r';
    public const byte LineFeed = (byte)'\n';

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The first data line.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public int DataLines { get; private set; }

    public readonly bool IsEmpty => DataLines == 0 && Name.IsEmpty;

    /// <summary>Takes a line that is not empty, without its end.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (TryGetValue(line, "data"u8, out var value))
        {
            if (DataLines++ == 0)
            {
                Data = value;
            }
        }
        else if (TryGetValue(line, "event"u8, out value))
        {
            Name = value;
        }
    }

    /// <summary>Writes the data lines of a block of whole lines, joined by line feeds; never longer than the block.</summary>
    public static int Join(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        var written = 0;
        var first = true;
        while (!block.IsEmpty)
        {
            var end = block.IndexOfAny(CarriageReturn, LineFeed);
            if (TryGetValue(block[..end], "data"u8, out var value))
            {
                if (!first)
                {
                    destination[written++] = LineFeed;
                }

                first = false;
                value.CopyTo(destination[written..]);
                written += value.Length;
            }

            block = block[(end + 1)..];
        }

        return written;
    }

    private static bool TryGetValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!line.StartsWith(field))
        {
            return false;
        }

        value = line[field.Length..];
        if (value.IsEmpty)
        {
            return true;
        }

        if (value[0] != (byte)':')
        {
            return false;
        }

        value = value.Length > 1 && value[1] == (byte)' ' ? value[2..] : value[1..];
        return true;
    }
}
