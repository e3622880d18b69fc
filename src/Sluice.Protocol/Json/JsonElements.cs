namespace Sluice.Protocol.Json;

/// <summary>
/// Walks the elements of one JSON array, one after the other. Ends quietly at the first byte that is not JSON, as
/// <see cref="JsonMembers"/> does.
/// </summary>
internal ref struct JsonElements
{
    private readonly ReadOnlySpan<byte> _text;
    private JsonScanner _scanner;
    private int _at;
    private bool _first;

    /// <param name="text">Starts with the array's bracket or with white space; what follows the array is not looked at.</param>
    /// <param name="containers">Scratch of <see cref="JsonMembers.StackWords"/> words.</param>
    public JsonElements(ReadOnlySpan<byte> text, Span<ulong> containers)
    {
        _text = text;
        _scanner = new JsonScanner(text, containers, JsonMembers.MaxDepth);
        _at = _scanner.SkipWhiteSpace(0);
        _first = true;
        if (_at >= text.Length || text[_at] != (byte)'[')
        {
            _at = JsonScanner.Failed;
        }
    }

    /// <summary>Where the element stands in the text.</summary>
    public JsonSlice Slice { get; private set; }

    /// <summary>Goes to the next element; false at the end, or where the JSON breaks.</summary>
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
        _at = _scanner.SkipValue(at, 1);
        if (_at < 0)
        {
            return false;
        }

        Slice = new JsonSlice(at, _at - at);
        return true;
    }
}
