namespace Sluice.Providers.Transport;

/// <summary>Takes a response body out of its framing, in place: a fixed length, chunks, or all until the connection ends.</summary>
internal struct BodyDecoder
{
    /// <summary>Bounds for what nobody needs: a chunk's size line with extensions, and the trailers, in bytes.</summary>
    private const int MaxChunkLine = 256;
    private const int MaxTrailers = 8 * 1024;

    private Step _step;
    private long _remaining;
    private int _lineBytes;
    private int _digits;
    private bool _lineHasCr;
    private bool _inExtension;
    private bool _afterSize;

    private enum Step : byte
    {
        Fixed,
        UntilClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Done,
    }

    public readonly bool Complete => _step == Step.Done;

    public readonly bool EndsWithConnection => _step == Step.UntilClose;

    public void MarkComplete() => _step = Step.Done;

    public void Begin(in ResponseHead head)
    {
        this = default;
        if (head.Status is 204 or 304)
        {
            _step = Step.Done;
        }
        else if (head.Chunked)
        {
            _step = Step.ChunkSize;
        }
        else if (head.ContentLength >= 0)
        {
            _step = head.ContentLength == 0 ? Step.Done : Step.Fixed;
            _remaining = head.ContentLength;
        }
        else
        {
            _step = Step.UntilClose;
        }
    }

    /// <summary>
    /// Moves decoded bytes from the raw part of the buffer to the end of the body part. When the body part is empty it is
    /// simply placed over the raw bytes, so that the common case of one chunk per read copies nothing.
    /// </summary>
    /// <returns>False when the framing is malformed.</returns>
    public bool Decode(byte[] buffer, ref int rawStart, int rawEnd, ref int bodyStart, ref int bodyEnd)
    {
        while (rawStart < rawEnd)
        {
            switch (_step)
            {
                case Step.Fixed:
                case Step.UntilClose:
                case Step.ChunkData:
                    var available = rawEnd - rawStart;
                    var take = _step == Step.UntilClose ? available : (int)Math.Min(available, _remaining);
                    Take(buffer, rawStart, take, ref bodyStart, ref bodyEnd);
                    rawStart += take;
                    _remaining -= take;
                    if (_remaining == 0 && _step != Step.UntilClose)
                    {
                        if (_step == Step.Fixed)
                        {
                            _step = Step.Done;
                            return true;
                        }

                        _step = Step.ChunkEnd;
                    }

                    break;
                case Step.ChunkSize:
                    if (!SizeByte(buffer[rawStart++]))
                    {
                        return false;
                    }

                    break;
                case Step.ChunkEnd:
                    var expected = _lineBytes == 0 ? (byte)'\r' : (byte)'\n';
                    if (buffer[rawStart++] != expected)
                    {
                        return false;
                    }

                    if (_lineBytes++ == 1)
                    {
                        StartLine(Step.ChunkSize);
                    }

                    break;
                case Step.Trailers:
                    if (!TrailerByte(buffer[rawStart++]))
                    {
                        return false;
                    }

                    break;
                default:
                    return true;
            }
        }

        return true;
    }

    private static void Take(byte[] buffer, int from, int count, ref int bodyStart, ref int bodyEnd)
    {
        if (bodyStart == bodyEnd)
        {
            bodyStart = from;
            bodyEnd = from + count;
        }
        else
        {
            if (bodyEnd != from)
            {
                Buffer.BlockCopy(buffer, from, buffer, bodyEnd, count);
            }

            bodyEnd += count;
        }
    }

    private void StartLine(Step step)
    {
        _step = step;
        _lineBytes = 0;
        _digits = 0;
        _lineHasCr = false;
        _inExtension = false;
        _afterSize = false;
    }

    private bool SizeByte(byte b)
    {
        if (++_lineBytes > MaxChunkLine)
        {
            return false;
        }

        if (_lineHasCr)
        {
            if (b != '\n' || _digits == 0)
            {
                return false;
            }

            if (_remaining == 0)
            {
                StartLine(Step.Trailers);
            }
            else
            {
                StartLine(Step.ChunkData);
            }

            return true;
        }

        switch (b)
        {
            case (byte)'\r':
                _lineHasCr = true;
                return true;
            case (byte)'\n':
                return false;
            case (byte)';' when _digits > 0:
                _inExtension = true;
                return true;
            case (byte)' ' or (byte)'\t' when _digits > 0:
                _afterSize = true;
                return true;
            default:
                if (_inExtension)
                {
                    return true;
                }

                if (_afterSize)
                {
                    return false;
                }

                var digit = b switch
                {
                    >= (byte)'0' and <= (byte)'9' => b - '0',
                    >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
                    >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
                    _ => -1,
                };
                if (digit < 0 || ++_digits > 15)
                {
                    return false;
                }

                _remaining = (_digits == 1 ? 0 : _remaining * 16) + digit;
                return true;
        }
    }

    /// <summary>Trailers are read and dropped: nothing in them may reach a client.</summary>
    private bool TrailerByte(byte b)
    {
        if (++_lineBytes > MaxTrailers)
        {
            return false;
        }

        // _digits counts the characters of the current line here.
        if (b == '\n')
        {
            if (!_lineHasCr)
            {
                return false;
            }

            if (_digits == 0)
            {
                _step = Step.Done;
            }

            _digits = 0;
            _lineHasCr = false;
            return true;
        }

        if (_lineHasCr)
        {
            return false;
        }

        if (b == '\r')
        {
            _lineHasCr = true;
        }
        else
        {
            _digits++;
        }

        return true;
    }
}
