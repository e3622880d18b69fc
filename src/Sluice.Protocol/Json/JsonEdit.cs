namespace Sluice.Protocol.Json;

/// <summary>
/// Up to <see cref="Capacity"/> changes to a document that leave every other byte as it came, and one that is made in many
/// places. Lives on the stack; the replacement bytes are not copied until <see cref="Apply"/>.
/// </summary>
public ref struct JsonEdit
{
    /// <summary>How many different changes one edit holds.</summary>
    public const int Capacity = 4;

    private Splice _first;
    private Splice _second;
    private Splice _third;
    private Splice _fourth;
    private int _splices;
    private ReadOnlySpan<JsonSlice> _places;
    private ReadOnlySpan<byte> _inEachPlace;

    /// <summary>How many changes were made, each place counted.</summary>
    public readonly int Count => _splices + _places.Length;

    /// <summary>Puts other bytes in the place of a token.</summary>
    public void Replace(JsonSlice slice, ReadOnlySpan<byte> bytes) => Add(new Splice(slice.Offset, slice.Length, bytes, false));

    /// <summary>Puts the same bytes in the place of many tokens. Once for each edit.</summary>
    /// <param name="slices">In the order in which they stand in the document, and none inside another change.</param>
    /// <param name="bytes">What each of them becomes.</param>
    public void ReplaceEach(ReadOnlySpan<JsonSlice> slices, ReadOnlySpan<byte> bytes)
    {
        if (!_places.IsEmpty)
        {
            throw new InvalidOperationException("An edit replaces one list of places.");
        }

        _places = slices;
        _inEachPlace = bytes;
    }

    /// <summary>Puts a member before all others of an object.</summary>
    /// <param name="objectStart">Where the object's opening brace stands.</param>
    /// <param name="isEmptyObject">True when the object has no member, so that no comma follows.</param>
    /// <param name="member">Name, colon and value, such as <c>"stream":true</c>.</param>
    public void InsertMemberFirst(int objectStart, bool isEmptyObject, ReadOnlySpan<byte> member)
    {
        var at = objectStart + 1;
        var comma = !isEmptyObject;
        for (var i = 0; i < _splices; i++)
        {
            comma |= this[i].Removed == 0 && this[i].Offset == at;
        }

        Add(new Splice(at, 0, member, comma));
    }

    /// <summary>The length of the edited document.</summary>
    /// <param name="original">The length of the document as it came.</param>
    public readonly int Length(int original)
    {
        for (var i = 0; i < _splices; i++)
        {
            var splice = this[i];
            original += splice.Bytes.Length + (splice.Comma ? 1 : 0) - splice.Removed;
        }

        foreach (var place in _places)
        {
            original += _inEachPlace.Length - place.Length;
        }

        return original;
    }

    /// <summary>Writes the edited document.</summary>
    /// <param name="body">The document as it came.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public readonly void Apply(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var from = 0;
        var places = _places;
        for (var pending = (1 << _splices) - 1; pending != 0 || !places.IsEmpty;)
        {
            var index = FirstOf(pending);
            var isPlace = index < 0 || (!places.IsEmpty && places[0].Offset < this[index].Offset);
            var splice = isPlace ? new Splice(places[0].Offset, places[0].Length, _inEachPlace, false) : this[index];
            if (isPlace)
            {
                places = places[1..];
            }
            else
            {
                pending &= ~(1 << index);
            }

            destination = Append(destination, body[from..splice.Offset]);
            destination = Append(destination, splice.Bytes);
            if (splice.Comma)
            {
                destination = Append(destination, ","u8);
            }

            from = splice.Offset + splice.Removed;
        }

        body[from..].CopyTo(destination);
    }

    private readonly Splice this[int index] => index switch
    {
        0 => _first,
        1 => _second,
        2 => _third,
        _ => _fourth,
    };

    private static Span<byte> Append(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return destination[bytes.Length..];
    }

    /// <summary>
    /// The pending change that stands first. Of two insertions in one place the later one goes first: it has a comma, while
    /// the one before it may end an object that was empty.
    /// </summary>
    private readonly int FirstOf(int pending)
    {
        var first = -1;
        for (var i = 0; i < _splices; i++)
        {
            if ((pending >> i & 1) != 0 && (first < 0 || this[i].Offset <= this[first].Offset))
            {
                first = i;
            }
        }

        return first;
    }

    private void Add(Splice splice)
    {
        switch (_splices++)
        {
            case 0:
                _first = splice;
                break;
            case 1:
                _second = splice;
                break;
            case 2:
                _third = splice;
                break;
            case 3:
                _fourth = splice;
                break;
            default:
                throw new InvalidOperationException($"An edit holds {Capacity} changes.");
        }
    }

    private readonly ref struct Splice(int offset, int removed, ReadOnlySpan<byte> bytes, bool comma)
    {
        public readonly int Offset = offset;
        public readonly int Removed = removed;
        public readonly ReadOnlySpan<byte> Bytes = bytes;
        public readonly bool Comma = comma;
    }
}
