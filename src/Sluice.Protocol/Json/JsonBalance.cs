using System.Buffers;

namespace Sluice.Protocol.Json;

/// <summary>
/// Tells whether a JSON text that comes in pieces still stands open, by its brackets and quotes alone. Each character is looked
/// at once, so that asking after every piece costs nothing; whether the text is JSON at all, only a reader of the whole can say.
/// </summary>
internal struct JsonBalance
{
    private static readonly SearchValues<char> Structure = SearchValues.Create("\"{}[]");

    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>True when nothing but white space has come.</summary>
    public bool IsBlank { get; private set; } = true;

    public JsonBalance()
    {
    }

    /// <summary>True inside a string, an array or an object.</summary>
    public readonly bool IsOpen => _inString || _depth > 0;

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<char> piece)
    {
        IsBlank = IsBlank && piece.Trim(" \t\r\n").IsEmpty;
        while (!piece.IsEmpty)
        {
            if (_escaped)
            {
                _escaped = false;
                piece = piece[1..];
                continue;
            }

            var at = _inString ? piece.IndexOfAny('"', '\\') : piece.IndexOfAny(Structure);
            if (at < 0)
            {
                return;
            }

            Follow(piece[at]);
            piece = piece[(at + 1)..];
        }
    }

    private void Follow(char one)
    {
        switch (one)
        {
            case '"':
                _inString = !_inString;
                break;
            case '\\':
                _escaped = true;
                break;
            case '{' or '[':
                _depth++;
                break;
            default:
                _depth--;
                break;
        }
    }
}
