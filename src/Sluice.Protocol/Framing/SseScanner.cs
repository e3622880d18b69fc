using System.Buffers;

namespace Sluice.Protocol.Framing;

/// <summary>
/// Finds the events of a stream whose bytes arrive in any pieces. Lines end in LF, CRLF or CR; comments and unknown fields
/// are passed over; a byte order mark at the start is too. Not safe for use by two threads.
/// </summary>
/// <remarks>
/// An event that lies wholly inside the given bytes is answered in place. Only an event that is cut by the end of the bytes
/// is copied, into a pooled buffer that goes back as soon as the event is complete. An event over the limits (an image in
/// one data line) is answered in parts, so that its usage can be found without keeping it.
/// </remarks>
public sealed class SseScanner
{
    /// <summary>The longest line in bytes that is gathered.</summary>
    public const int MaxLine = 1024 * 1024;

    /// <summary>The longest event in bytes that is gathered.</summary>
    public const int MaxEvent = 4 * 1024 * 1024;

    private const int SmallestBuffer = 4096;

    private byte[] _carry = [];
    private int _carried;
    private int _lineLength;
    private byte[] _joined = [];
    private bool _answered;
    private bool _skipLineFeed;
    private bool _inParts;
    private bool _inDataLine;
    private bool _started;

    /// <summary>True once an event was over <see cref="MaxLine"/> or <see cref="MaxEvent"/>; such events come in parts.</summary>
    public bool Oversized { get; private set; }

    /// <summary>True when every event that has begun has ended, so that another may be written here.</summary>
    public bool AtEventBoundary => (_carried == 0 || _answered) && !_inParts;

    /// <summary>Forgets the stream and gives the buffers back; the next bytes begin a new stream.</summary>
    public void Reset()
    {
        Release(ref _carry);
        Release(ref _joined);
        _carried = 0;
        _lineLength = 0;
        _answered = false;
        _skipLineFeed = false;
        _inParts = false;
        _inDataLine = false;
        _started = false;
        Oversized = false;
    }

    /// <summary>Goes on to the next event.</summary>
    /// <param name="input">Bytes as they came; what was used is cut off. Empty after false.</param>
    /// <param name="found">The event, when the answer is true.</param>
    /// <returns>False when the bytes hold no further complete event, nor a part of one over the limits.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> input, out SseEvent found)
    {
        ForgetAnswer();
        found = default;
        while (!input.IsEmpty)
        {
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (input[0] == SseFields.LineFeed)
                {
                    input = input[1..];
                    continue;
                }
            }

            if (_inParts ? ReadPart(ref input, out found)
                : _carried == 0 ? ReadInPlace(ref input, out found)
                : ReadCarried(ref input, out found))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes what stands there at the end of the stream as an event, though its empty line never came.</summary>
    public bool TryReadLast(out SseEvent found)
    {
        ForgetAnswer();
        found = default;
        if (_carried == 0 || _inParts)
        {
            return false;
        }

        Carry("\n"u8);
        return TryAnswerCarried(out found);
    }

    private bool ReadInPlace(ref ReadOnlySpan<byte> input, out SseEvent found)
    {
        var fields = default(SseFields);
        var at = 0;
        while (true)
        {
            var rest = input[at..];
            var length = rest.IndexOfAny(SseFields.CarriageReturn, SseFields.LineFeed);
            if (length < 0)
            {
                _lineLength = rest.Length;
                Carry(input);
                input = default;
                found = default;
                return false;
            }

            var next = at + LineEnd(rest, length);
            if (length == 0)
            {
                var block = input[..at];
                input = input[next..];
                _started = true;
                return TryAnswer(fields, block, out found);
            }

            var line = WithoutMark(rest[..length], at);
            if (length > MaxLine || next > MaxEvent)
            {
                fields.Add(line);
                input = input[next..];
                found = BeginParts(fields, inDataLine: false);
                return true;
            }

            if (line.IsEmpty || (line[0] == (byte)':' && fields.IsEmpty))
            {
                // A comment between two events belongs to neither.
                input = input[next..];
                _started = true;
                at = 0;
                continue;
            }

            fields.Add(line);
            at = next;
        }
    }

    private bool ReadCarried(ref ReadOnlySpan<byte> input, out SseEvent found)
    {
        found = default;
        var length = input.IndexOfAny(SseFields.CarriageReturn, SseFields.LineFeed);
        var part = length < 0 ? input : input[..length];
        _lineLength += part.Length;
        if (_lineLength > MaxLine || _carried + part.Length > MaxEvent)
        {
            // The line goes on with this input, which is left for the next part.
            _lineLength -= part.Length;
            var line = _carry.AsSpan(_carried - _lineLength, _lineLength);
            found = BeginParts(CarriedFields(), inDataLine: line.StartsWith("data:"u8));
            _answered = true;
            return true;
        }

        Carry(part);
        if (length < 0)
        {
            input = default;
            return false;
        }

        input = input[LineEnd(input, length)..];
        var blank = _lineLength == 0;
        var isLeadingComment = !blank && _lineLength == _carried && _carry[0] == (byte)':';
        _lineLength = 0;
        if (isLeadingComment)
        {
            _carried = 0;
            return false;
        }

        if (!blank)
        {
            Carry("\n"u8);
            return false;
        }

        return TryAnswerCarried(out found);
    }

    private bool TryAnswerCarried(out SseEvent found)
    {
        var fields = CarriedFields();
        _started = true;
        _answered = true;
        if (TryAnswer(fields, _carry.AsSpan(0, _carried), out found))
        {
            return true;
        }

        ForgetAnswer();
        return false;
    }

    /// <summary>The fields of the carried lines, the last of which may be incomplete.</summary>
    private SseFields CarriedFields()
    {
        var block = _carry.AsSpan(0, _carried);
        var fields = default(SseFields);
        for (var at = 0; at < block.Length;)
        {
            var length = block[at..].IndexOfAny(SseFields.CarriageReturn, SseFields.LineFeed);
            var line = WithoutMark(length < 0 ? block[at..] : block.Slice(at, length), at);
            if (!line.IsEmpty)
            {
                fields.Add(line);
            }

            at = length < 0 ? block.Length : at + length + 1;
        }

        return fields;
    }

    private bool TryAnswer(SseFields fields, ReadOnlySpan<byte> block, out SseEvent found)
    {
        if (fields.DataLines > 1)
        {
            Grow(ref _joined, 0, block.Length);
            found = new SseEvent(fields.Name, _joined.AsSpan(0, SseFields.Join(block, _joined)), true);
            return true;
        }

        found = new SseEvent(fields.Name, fields.Data, fields.DataLines == 1);
        return !fields.IsEmpty;
    }

    /// <summary>Where the next line begins; a line feed that has not come yet is passed over when it does.</summary>
    private int LineEnd(ReadOnlySpan<byte> text, int length)
    {
        if (text[length] == SseFields.LineFeed)
        {
            return length + 1;
        }

        if (length + 1 == text.Length)
        {
            _skipLineFeed = true;
            return length + 1;
        }

        return text[length + 1] == SseFields.LineFeed ? length + 2 : length + 1;
    }

    private ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line, int at) =>
        !_started && at == 0 && line.StartsWith("\uFEFF"u8) ? line[3..] : line;

    private SseEvent BeginParts(SseFields fields, bool inDataLine)
    {
        Oversized = true;
        _inParts = true;
        _inDataLine = inDataLine && fields.DataLines == 1;
        _started = true;
        return new SseEvent(fields.Name, fields.DataLines == 1 ? fields.Data : default, fields.DataLines > 0, SsePart.First);
    }

    private bool ReadPart(ref ReadOnlySpan<byte> input, out SseEvent found)
    {
        found = default;
        var length = input.IndexOfAny(SseFields.CarriageReturn, SseFields.LineFeed);
        var part = length < 0 ? input : input[..length];
        if (_inDataLine && !part.IsEmpty)
        {
            input = input[part.Length..];
            _lineLength = 1;
            found = new SseEvent(default, part, true, SsePart.Next);
            return true;
        }

        if (length < 0)
        {
            _lineLength = 1;
            input = default;
            return false;
        }

        input = input[LineEnd(input, length)..];
        _inDataLine = false;
        _inParts = _lineLength + length > 0;
        _lineLength = 0;
        found = new SseEvent(default, default, false, SsePart.Last);
        return !_inParts;
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        Grow(ref _carry, _carried, _carried + bytes.Length);
        bytes.CopyTo(_carry.AsSpan(_carried));
        _carried += bytes.Length;
    }

    private void ForgetAnswer()
    {
        if (_joined.Length > 0)
        {
            Release(ref _joined);
        }

        if (_answered)
        {
            _answered = false;
            _carried = 0;
            Release(ref _carry);
        }
    }

    private static void Grow(ref byte[] buffer, int used, int needed)
    {
        if (needed <= buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, Math.Max(needed, buffer.Length * 2)));
        buffer.AsSpan(0, used).CopyTo(larger);
        Release(ref buffer);
        buffer = larger;
    }

    private static void Release(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
