using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Protocol.Json;

/// <summary>
/// Walks a JSON document once, from front to back, without building it. Wherever a method begins to read a value, the cursor
/// stands on the value's first token; afterwards it stands on its last.
/// </summary>
/// <remarks>
/// Breaks of the JSON grammar are <see cref="JsonException"/>s and values of the wrong kind <see cref="WireFormatException"/>s.
/// Text that is not Unicode (half of a surrogate pair, stray bytes) is repaired with U+FFFD. A copy of the cursor looks ahead.
/// </remarks>
internal ref struct JsonCursor
{
    /// <summary>How deep a document may be, as the request peeker allows.</summary>
    public const int MaxDepth = 512;

    private const int LongestKnownName = 48;

    private static readonly byte[] Null = "null"u8.ToArray();
    private static readonly byte[] Digits = "0123456789"u8.ToArray();

    private readonly ReadOnlyMemory<byte> _document;
    private readonly bool _copies;
    private Utf8JsonReader _reader;
    private string? _member;

    /// <param name="document">One JSON document; the cursor stands on its first token.</param>
    /// <param name="copies">True when raw values are to be independent of the document's memory.</param>
    public JsonCursor(ReadOnlyMemory<byte> document, bool copies = false)
    {
        _document = document;
        _copies = copies;
        _reader = new Utf8JsonReader(document.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        _reader.Read();
    }

    /// <summary>The kind of the token that the cursor stands on.</summary>
    public readonly JsonTokenType Kind => _reader.TokenType;

    /// <summary>True on a <c>null</c>.</summary>
    public readonly bool IsNull => Kind == JsonTokenType.Null;

    /// <summary>True on a string.</summary>
    public readonly bool IsString => Kind == JsonTokenType.String;

    /// <summary>True at the beginning of an object.</summary>
    public readonly bool IsObject => Kind == JsonTokenType.StartObject;

    /// <summary>True at the beginning of an array.</summary>
    public readonly bool IsArray => Kind == JsonTokenType.StartArray;

    /// <summary>True when the bytes are one JSON value and nothing else.</summary>
    public static bool IsValue(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            var any = false;
            while (reader.Read())
            {
                any = true;
            }

            return any;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Enters an object, which the cursor must stand on.</summary>
    public readonly void BeginObject() => Expect(JsonTokenType.StartObject, "an object");

    /// <summary>Goes to the value of the next member; false at the end of the object.</summary>
    public bool NextMember(out string name)
    {
        Advance();
        if (Kind == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }

        _member = name = ReadName();
        Advance();
        return true;
    }

    /// <summary>Enters an array, which the cursor must stand on.</summary>
    public readonly void BeginArray() => Expect(JsonTokenType.StartArray, "an array");

    /// <summary>Goes to the next item; false at the end of the array.</summary>
    public bool NextItem()
    {
        Advance();
        return Kind != JsonTokenType.EndArray;
    }

    /// <summary>Passes over a value.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>Makes sure that nothing follows the document.</summary>
    public void End()
    {
        if (_reader.Read())
        {
            throw new JsonException();
        }
    }

    /// <summary>Takes a whole value as it stands.</summary>
    public Canonical.RawJson ReadRaw()
    {
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        var raw = _document[start..(int)_reader.BytesConsumed];
        return new Canonical.RawJson(!Utf8.IsValid(raw.Span) ? Repaired(raw.Span) : _copies ? Copy(raw.Span) : raw);
    }

    /// <summary>A string.</summary>
    public readonly string ReadString()
    {
        Expect(JsonTokenType.String, "a string");
        return TextOf(_reader.ValueSpan, _reader.ValueIsEscaped);
    }

    /// <summary>A string; null for <c>null</c>.</summary>
    public readonly string? ReadStringOrNull() => IsNull ? null : ReadString();

    /// <summary>A string's UTF-8 text: a slice of the document where nothing in it is escaped.</summary>
    public readonly ReadOnlyMemory<byte> ReadUtf8()
    {
        Expect(JsonTokenType.String, "a string");
        var contents = _reader.ValueSpan;
        if (!_reader.ValueIsEscaped && !_copies && Utf8.IsValid(contents))
        {
            return _document.Slice((int)_reader.TokenStartIndex + 1, contents.Length);
        }

        var buffer = new byte[contents.Length];
        var text = buffer.AsMemory(0, JsonText.Unescape(contents, buffer));
        return Utf8.IsValid(text.Span) ? text : Repaired(text.Span);
    }

    /// <summary>A finite number; null for <c>null</c>.</summary>
    public readonly double? ReadNumberOrNull()
    {
        if (IsNull)
        {
            return null;
        }

        Expect(JsonTokenType.Number, "a number");
        return _reader.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Wrong("a number of usual size");
    }

    /// <summary>A whole number, fractions cut off; null for <c>null</c>.</summary>
    public readonly long? ReadWholeOrNull()
    {
        if (IsNull)
        {
            return null;
        }

        Expect(JsonTokenType.Number, "a number");
        return JsonNumber.TryReadWhole(_reader.ValueSpan, out var value) ? value : throw Wrong("a whole number");
    }

    /// <summary>A whole number of 32 bits; null for <c>null</c>.</summary>
    public readonly int? ReadCountOrNull() =>
        ReadWholeOrNull() is { } value ? (int)Math.Clamp(value, int.MinValue, int.MaxValue) : null;

    /// <summary>True or false; null for <c>null</c>.</summary>
    public readonly bool? ReadFlagOrNull() => Kind switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Wrong("a boolean"),
    };

    /// <summary>The strings of an array; none for <c>null</c>.</summary>
    public List<string> ReadStrings()
    {
        var strings = new List<string>();
        if (!IsNull)
        {
            BeginArray();
            while (NextItem())
            {
                strings.Add(ReadString());
            }
        }

        return strings;
    }

    /// <summary>The <c>type</c> of the object that the cursor stands on, which stays there; empty when it has none.</summary>
    public readonly string PeekType()
    {
        var ahead = this;
        return ahead.Find("type"u8) && ahead.IsString ? ahead.ReadString() : "";
    }

    /// <summary>The <c>type</c> of the object that the cursor stands on, which must have one.</summary>
    public readonly string RequireType() =>
        PeekType() is { Length: > 0 } type ? type : throw Wrong("made of objects with a 'type'");

    /// <summary>Goes to the value of a member of the object that the cursor stands on; false when it has none of that name.</summary>
    public bool Find(ReadOnlySpan<byte> name)
    {
        BeginObject();
        while (true)
        {
            Advance();
            if (Kind == JsonTokenType.EndObject)
            {
                return false;
            }

            // Not the reader's own comparison, which throws where half of a surrogate pair is escaped.
            var found = _reader.ValueIsEscaped ? JsonText.Equals(_reader.ValueSpan, name) : _reader.ValueSpan.SequenceEqual(name);
            Advance();
            if (found)
            {
                return true;
            }

            Skip();
        }
    }

    /// <summary>What to throw when the value should have been something else.</summary>
    /// <param name="expected">For the sentence <c>'member' must be …</c></param>
    public readonly WireFormatException Wrong(string expected) =>
        new(_member is null ? $"the document must be {expected}" : $"'{_member}' must be {expected}", _member);

    private readonly void Expect(JsonTokenType kind, string words)
    {
        if (Kind != kind)
        {
            throw Wrong(words);
        }
    }

    private void Advance()
    {
        if (!_reader.Read())
        {
            throw new JsonException();
        }
    }

    private readonly string ReadName()
    {
        var utf8 = _reader.ValueSpan;
        if (utf8.Length <= LongestKnownName && !_reader.ValueIsEscaped)
        {
            Span<char> name = stackalloc char[LongestKnownName];
            if (Ascii.ToUtf16(utf8, name, out var length) == OperationStatus.Done && WireNames.TryFind(name[..length], out var known))
            {
                return known;
            }
        }

        return TextOf(utf8, _reader.ValueIsEscaped);
    }

    private static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("null"u8) ? Null : value is [>= (byte)'0' and <= (byte)'9'] ? Digits.AsMemory(value[0] - '0', 1) : value.ToArray();

    /// <summary>The same text with U+FFFD where it is not Unicode.</summary>
    private static byte[] Repaired(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));

    private static string TextOf(ReadOnlySpan<byte> contents, bool isEscaped)
    {
        if (!isEscaped)
        {
            return Encoding.UTF8.GetString(contents);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(contents.Length);
        var text = Encoding.UTF8.GetString(buffer.AsSpan(0, JsonText.Unescape(contents, buffer)));
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }
}
