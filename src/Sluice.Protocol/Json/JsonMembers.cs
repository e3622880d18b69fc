namespace Sluice.Protocol.Json;

/// <summary>
/// Walks the members of one JSON object, one after the other. Ends quietly at the first byte that is not JSON, so that it
/// serves for bytes that nobody has checked.
/// </summary>
internal ref struct JsonMembers
{
    /// <summary>The deepest value that is skipped; deeper ones end the walk.</summary>
    public const int MaxDepth = 511;

    private readonly ReadOnlySpan<byte> _text;
    private JsonScanner _scanner;
    private int _at;
    private bool _first;

    /// <param name="text">Starts with the object's brace or with white space; what follows the object is not looked at.</param>
    /// <param name="containers">Scratch of <see cref="JsonScanner.StackWords"/> of <see cref="MaxDepth"/> words.</param>
    public JsonMembers(ReadOnlySpan<byte> text, Span<ulong> containers)
    {
        _text = text;
        _scanner = new JsonScanner(text, containers, MaxDepth);
        _at = _scanner.SkipWhiteSpace(0);
        _first = true;
        if (_at >= text.Length || text[_at] != (byte)'{')
        {
            _at = JsonScanner.Failed;
        }
    }

    /// <summary>The scratch that the constructor takes, in words.</summary>
    public const int StackWords = (MaxDepth >> 6) + 1;

    /// <summary>The member's name between its quotes, escapes as they came.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where the member's value stands in the text.</summary>
    public JsonSlice Slice { get; private set; }

    /// <summary>The member's value.</summary>
    public readonly ReadOnlySpan<byte> Value => Slice.Of(_text);

    /// <summary>Goes to the next member; false at the end, or where the JSON breaks.</summary>
    public bool Next()
    {
        if (_at < 0)
        {
            return false;
        }

        var at = _scanner.SkipWhiteSpace(_first ? _at + 1 : _at);
        if (!_first)
        {
            if (at >= _text.Length || _text[at] != (byte)',')
            {
                _at = JsonScanner.Failed;
                return false;
            }

            at = _scanner.SkipWhiteSpace(at + 1);
        }

        _first = false;
        var name = at;
        at = _scanner.SkipName(name, out var nameEnd);
        if (at < 0)
        {
            _at = JsonScanner.Failed;
            return false;
        }

        var value = _scanner.SkipWhiteSpace(at);
        _at = _scanner.SkipValue(value, 1);
        if (_at < 0)
        {
            return false;
        }

        Name = _text[(name + 1)..nameEnd];
        Slice = new JsonSlice(value, _at - value);
        return true;
    }
}
