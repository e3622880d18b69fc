using System.Buffers;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Finds the objects of a JSON array whose bytes arrive in any pieces. What is inside them is not checked.</summary>
internal sealed class GeminiArrayElements
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}"u8);
    private static readonly SearchValues<byte> Between = SearchValues.Create("[], \r\n\t"u8);

    private ArrayBufferWriter<byte> _element = new(1024);
    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>Goes on to the next object.</summary>
    /// <param name="input">Bytes as they came; what was used is cut off. Empty after false.</param>
    /// <param name="element">The object, when the answer is true; overwritten by the next.</param>
    /// <returns>False when the bytes end no further object.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> input, out ReadOnlyMemory<byte> element)
    {
        element = default;
        if (_depth == 0 && !TryEnter(ref input))
        {
            return false;
        }

        var length = Walk(input);
        _element.Write(input[..length]);
        input = input[length..];
        if (_element.WrittenCount > SseStreamReader.MaxEvent)
        {
            _element = new ArrayBufferWriter<byte>();
            throw new WireFormatException("an element of the array is too long", null);
        }

        element = _element.WrittenMemory;
        return _depth == 0;
    }

    /// <summary>Passes over what stands between objects.</summary>
    private bool TryEnter(ref ReadOnlySpan<byte> input)
    {
        var begin = input.IndexOfAnyExcept(Between);
        if (begin < 0)
        {
            input = default;
            return false;
        }

        if (input[begin] != (byte)'{')
        {
            throw new WireFormatException("the stream is not an array of objects", null);
        }

        input = input[begin..];
        _element.ResetWrittenCount();
        return true;
    }

    /// <summary>The length of what belongs to the object: up to its end, or everything.</summary>
    private int Walk(ReadOnlySpan<byte> input)
    {
        var at = 0;
        while (at < input.Length)
        {
            if (_inString)
            {
                var end = JsonText.IndexOfQuote(input[at..], ref _escaped);
                if (end < 0)
                {
                    return input.Length;
                }

                _inString = false;
                at += end + 1;
                continue;
            }

            var found = input[at..].IndexOfAny(Structure);
            if (found < 0)
            {
                return input.Length;
            }

            at += found + 1;
            if (Follow(input[at - 1]))
            {
                return at;
            }
        }

        return at;
    }

    /// <summary>Follows the structure; true at the end of the object.</summary>
    private bool Follow(byte one)
    {
        switch (one)
        {
            case (byte)'"':
                _inString = true;
                _escaped = false;
                return false;
            case (byte)'{':
                _depth++;
                return false;
            default:
                _depth--;
                return _depth == 0;
        }
    }
}
