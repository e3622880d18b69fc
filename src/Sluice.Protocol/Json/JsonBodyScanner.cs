using System.Buffers;

namespace Sluice.Protocol.Json;

/// <summary>A member that <see cref="JsonBodyScanner"/> watches for.</summary>
internal enum WatchedMember : byte
{
    None,

    /// <summary><c>usage</c> or <c>usageMetadata</c> of the document (of an element): handed over whole.</summary>
    Usage,

    /// <summary><c>error</c> of the document (of an element): handed over whole.</summary>
    Error,

    /// <summary>A <c>finishReason</c> or <c>blockReason</c> at any depth that is not null.</summary>
    End,

    /// <summary>A member at any depth that holds answer text.</summary>
    Text,

    /// <summary><c>service_tier</c> of the document (of an element), when it is a string: handed over without its quotes, cut after 20 bytes.</summary>
    Tier,
}

/// <summary>Takes what <see cref="JsonBodyScanner"/> finds.</summary>
internal interface IJsonBodySink
{
    /// <summary>The whole value of a <see cref="WatchedMember.Usage"/> or <see cref="WatchedMember.Error"/>, or the text of a <see cref="WatchedMember.Tier"/>.</summary>
    void OnMember(WatchedMember member, ReadOnlySpan<byte> value);

    /// <summary>A <see cref="WatchedMember.End"/> was seen.</summary>
    void OnEnd();

    /// <summary>Bytes of answer text, escapes as they came.</summary>
    void OnText(int bytes);

    /// <summary>The document, or an element of the array, is complete.</summary>
    void OnElement();
}

/// <summary>
/// Follows the structure of a JSON document that arrives in any pieces and hands over the few members that matter, without
/// keeping the document. It trusts the document to be JSON; of anything else it makes no sense, but does no harm.
/// </summary>
internal sealed class JsonBodyScanner
{
    /// <summary>The longest value in bytes that is handed over.</summary>
    public const int MaxValue = 64 * 1024;

    // The longest watched name is reasoning_content.
    private const int MaxName = 20;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]:"u8);

    private readonly byte[] _name = new byte[MaxName];
    private byte[] _value = [];
    private int _valueLength;
    private int _nameLength;
    private int _depth;
    private int _captureDepth;
    private bool _isArray;
    private bool _inString;
    private bool _escaped;
    private bool _counting;
    private bool _inTier;
    private bool _awaitsValue;
    private WatchedMember _pending;
    private WatchedMember _capturing;

    /// <summary>True when the outermost value is closed.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True before the first byte and, in an array, after an element whose comma has not come.</summary>
    public bool AtBoundary { get; private set; } = true;

    /// <summary>Begins another document.</summary>
    /// <param name="isArray">True when the members of the elements of one array are watched.</param>
    public void Reset(bool isArray)
    {
        ReleaseValue();
        _nameLength = 0;
        _depth = 0;
        _isArray = isArray;
        _inString = false;
        _escaped = false;
        _counting = false;
        _inTier = false;
        _awaitsValue = false;
        _pending = WatchedMember.None;
        _capturing = WatchedMember.None;
        IsComplete = false;
        AtBoundary = true;
    }

    /// <summary>Takes the next bytes.</summary>
    public void Read<TSink>(ReadOnlySpan<byte> bytes, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        var at = 0;
        var captureFrom = 0;
        while (at < bytes.Length)
        {
            if (_inString)
            {
                at = ReadString(bytes, at, ref sink);
            }
            else if (_awaitsValue)
            {
                at = SkipToValue(bytes, at, ref captureFrom, ref sink);
            }
            else if (_depth < (_isArray ? 2 : 1))
            {
                ReadOutside(bytes[at++], ref sink);
            }
            else
            {
                at = ReadStructure(bytes, at, ref captureFrom, ref sink);
            }
        }

        if (_capturing != WatchedMember.None)
        {
            Keep(bytes[captureFrom..]);
        }
    }

    private static WatchedMember Watch(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("text"u8) => WatchedMember.Text,
        5 when name.SequenceEqual("usage"u8) => WatchedMember.Usage,
        5 when name.SequenceEqual("error"u8) => WatchedMember.Error,
        7 when name.SequenceEqual("content"u8) => WatchedMember.Text,
        8 when name.SequenceEqual("thinking"u8) => WatchedMember.Text,
        9 when name.SequenceEqual("arguments"u8) => WatchedMember.Text,
        11 when name.SequenceEqual("blockReason"u8) => WatchedMember.End,
        12 when name.SequenceEqual("finishReason"u8) => WatchedMember.End,
        12 when name.SequenceEqual("service_tier"u8) => WatchedMember.Tier,
        13 when name.SequenceEqual("usageMetadata"u8) => WatchedMember.Usage,
        17 when name.SequenceEqual("reasoning_content"u8) => WatchedMember.Text,
        _ => WatchedMember.None,
    };

    /// <summary>Reads around the document, or around the elements of the array, byte by byte: there is little there.</summary>
    private void ReadOutside<TSink>(byte one, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        switch (one)
        {
            case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                return;
            case (byte)'{' or (byte)'[':
                _depth++;
                break;
            case (byte)']' or (byte)'}':
                CloseOutside(ref sink);
                break;
            case (byte)'"':
                BeginString(counting: false);
                break;
        }

        AtBoundary = false;
    }

    private void CloseOutside<TSink>(ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        if (_depth == 0)
        {
            return;
        }

        _depth--;
        IsComplete = true;
        sink.OnEnd();
    }

    private int ReadStructure<TSink>(ReadOnlySpan<byte> bytes, int at, ref int captureFrom, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        // Between the strings of an answer stand one or two bytes; between those of an embedding, thousands.
        var near = Math.Min(at + 4, bytes.Length);
        while (at < near && !IsStructure(bytes[at]))
        {
            at++;
        }

        if (at == near)
        {
            var found = bytes[at..].IndexOfAny(Structure);
            if (found < 0)
            {
                return bytes.Length;
            }

            at += found;
        }

        switch (bytes[at++])
        {
            case (byte)'"':
                BeginString(counting: false);
                return ReadString(bytes, at, ref sink);
            case (byte)':':
                _pending = Watch(_name.AsSpan(0, _nameLength));
                _awaitsValue = _pending != WatchedMember.None;
                break;
            case (byte)'{' or (byte)'[':
                _depth++;
                break;
            default:
                _depth--;
                EndContainer(bytes[captureFrom..at], ref sink);
                break;
        }

        return at;
    }

    private static bool IsStructure(byte one) =>
        one is (byte)'"' or (byte)':' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']';

    private void EndContainer<TSink>(ReadOnlySpan<byte> captured, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        if (_capturing != WatchedMember.None && _depth == _captureDepth)
        {
            EndCapture(captured, ref sink);
        }

        if (_isArray && _depth == 1)
        {
            AtBoundary = true;
            sink.OnElement();
        }
        else if (_depth == 0)
        {
            IsComplete = true;
            sink.OnElement();
        }
    }

    /// <summary>Looks at what a watched name is followed by.</summary>
    private int SkipToValue<TSink>(ReadOnlySpan<byte> bytes, int at, ref int captureFrom, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        var first = bytes[at];
        if (first is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            return at + 1;
        }

        _awaitsValue = false;
        switch (_pending)
        {
            case WatchedMember.Text when first == (byte)'"':
                BeginString(counting: true);
                return at + 1;
            case WatchedMember.Tier when first == (byte)'"' && _depth == (_isArray ? 2 : 1):
                BeginString(counting: false);
                _inTier = true;
                return at + 1;
            case WatchedMember.End when first != (byte)'n':
                sink.OnEnd();
                return at;
            case WatchedMember.Usage or WatchedMember.Error
                when first == (byte)'{' && _capturing == WatchedMember.None && _depth == (_isArray ? 2 : 1):
                _capturing = _pending;
                _captureDepth = _depth;
                captureFrom = at;
                return at;
            default:
                return at;
        }
    }

    private void BeginString(bool counting)
    {
        _inString = true;
        _counting = counting;
        _nameLength = 0;
    }

    private int ReadString<TSink>(ReadOnlySpan<byte> bytes, int at, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        var rest = bytes[at..];
        var end = JsonText.IndexOfQuote(rest, ref _escaped);
        if (end < 0)
        {
            AddText(rest, ref sink);
            return bytes.Length;
        }

        _inString = false;
        AddText(rest[..end], ref sink);
        if (_inTier)
        {
            _inTier = false;
            sink.OnMember(WatchedMember.Tier, _name.AsSpan(0, _nameLength));
        }

        return at + end + 1;
    }

    /// <summary>Keeps the string as a possible name, or counts it as text.</summary>
    private void AddText<TSink>(ReadOnlySpan<byte> part, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        if (_counting)
        {
            sink.OnText(part.Length);
            return;
        }

        part = part[..Math.Min(part.Length, MaxName - _nameLength)];
        part.CopyTo(_name.AsSpan(_nameLength));
        _nameLength += part.Length;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_valueLength + part.Length > MaxValue)
        {
            _capturing = WatchedMember.None;
            ReleaseValue();
            return;
        }

        if (_value.Length == 0)
        {
            _value = ArrayPool<byte>.Shared.Rent(MaxValue);
        }

        part.CopyTo(_value.AsSpan(_valueLength));
        _valueLength += part.Length;
    }

    private void EndCapture<TSink>(ReadOnlySpan<byte> last, ref TSink sink)
        where TSink : struct, IJsonBodySink, allows ref struct
    {
        var member = _capturing;
        if (_valueLength == 0)
        {
            if (last.Length <= MaxValue)
            {
                sink.OnMember(member, last);
            }
        }
        else
        {
            Keep(last);
            if (_capturing != WatchedMember.None)
            {
                sink.OnMember(member, _value.AsSpan(0, _valueLength));
            }
        }

        _capturing = WatchedMember.None;
        ReleaseValue();
    }

    private void ReleaseValue()
    {
        _valueLength = 0;
        if (_value.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_value);
            _value = [];
        }
    }
}
