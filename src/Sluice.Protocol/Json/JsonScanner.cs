using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Protocol.Json;

/// <summary>Why a document is not JSON.</summary>
internal enum JsonFault : byte
{
    None,
    Truncated,
    UnexpectedByte,
    ControlCharacter,
    BadEscape,
    BadNumber,
    TooDeep,
}

/// <summary>
/// Walks one contiguous JSON document and checks it strictly against RFC 8259, without recursion, allocation or
/// exceptions. Positions are byte offsets; a method answers the offset after what it read, or <see cref="Failed"/>.
/// </summary>
/// <remarks>
/// Strings are the bulk of a prompt: they are read in blocks of 32 bytes, and escapes are taken from the block's bit mask
/// without starting the search anew. Utf8JsonReader leaves its vector path at the first escape of a string, which costs
/// twice as much on ordinary prompts (bench/Sluice.Benchmarks).
/// Bytes over 0x7F are only noted in <see cref="HasNonAscii"/>: they are legal nowhere but inside strings, so that the
/// caller checks UTF-8 once for the whole document, and only when there is something to check.
/// </remarks>
internal ref struct JsonScanner
{
    public const int Failed = -1;

    /// <summary>How many words a container stack needs for a depth.</summary>
    public static int StackWords(int maxDepth) => (maxDepth >> 6) + 1;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _text;
    private readonly Span<ulong> _containers;
    private readonly int _maxDepth;

    /// <param name="text">The document.</param>
    /// <param name="containers">Scratch, one bit for each open container; at least <see cref="StackWords"/> long.</param>
    /// <param name="maxDepth">How many containers may be open at once.</param>
    public JsonScanner(ReadOnlySpan<byte> text, Span<ulong> containers, int maxDepth)
    {
        _text = text;
        _containers = containers;
        _maxDepth = maxDepth;
    }

    /// <summary>True when a string held a byte over 0x7F; may be true for bytes right after it.</summary>
    public bool HasNonAscii { get; private set; }

    /// <summary>True when the string read last holds a backslash escape.</summary>
    public bool LastStringEscaped { get; private set; }

    public JsonFault Fault { get; private set; }

    /// <summary>Where <see cref="Fault"/> was found.</summary>
    public int FaultPosition { get; private set; }

    /// <summary>The offset of the first byte at or after <paramref name="at"/> that is not white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int SkipWhiteSpace(int at) =>
        (uint)at < (uint)_text.Length && _text[at] > (byte)' ' ? at : SkipWhiteSpaceRun(at);

    /// <summary>Notes a fault that the caller found.</summary>
    public int Fail(JsonFault fault, int at)
    {
        Fault = at >= _text.Length && fault == JsonFault.UnexpectedByte ? JsonFault.Truncated : fault;
        FaultPosition = Math.Min(at, _text.Length);
        return Failed;
    }

    /// <summary>Reads one value, with leading white space.</summary>
    /// <param name="at">Where to begin.</param>
    /// <param name="depth">How many containers are open around the value.</param>
    public int SkipValue(int at, int depth)
    {
        var text = _text;
        var containers = _containers;
        var outer = depth;
        var inObject = false;

    Value:
        at = SkipWhiteSpace(at);
    ValueHere:
        if ((uint)at >= (uint)text.Length)
        {
            return Fail(JsonFault.Truncated, at);
        }

        switch (text[at])
        {
            case (byte)'"':
                at = SkipString(at + 1);
                break;
            case (byte)'{':
                if (depth >= _maxDepth)
                {
                    return Fail(JsonFault.TooDeep, at);
                }

                containers[depth >> 6] |= 1UL << depth;
                depth++;
                inObject = true;
                at = SkipWhiteSpace(at + 1);
                if ((uint)at < (uint)text.Length && text[at] == (byte)'}')
                {
                    goto Close;
                }

                goto Name;
            case (byte)'[':
                if (depth >= _maxDepth)
                {
                    return Fail(JsonFault.TooDeep, at);
                }

                containers[depth >> 6] &= ~(1UL << depth);
                depth++;
                inObject = false;
                at = SkipWhiteSpace(at + 1);
                if ((uint)at < (uint)text.Length && text[at] == (byte)']')
                {
                    goto Close;
                }

                goto ValueHere;
            case (byte)'t':
                at = SkipLiteral(at, "true"u8);
                break;
            case (byte)'f':
                at = SkipLiteral(at, "false"u8);
                break;
            case (byte)'n':
                at = SkipLiteral(at, "null"u8);
                break;
            default:
                at = SkipNumber(at);
                break;
        }

        if (at < 0)
        {
            return Failed;
        }

    AfterValue:
        if (depth == outer)
        {
            return at;
        }

        at = SkipWhiteSpace(at);
        if ((uint)at >= (uint)text.Length)
        {
            return Fail(JsonFault.Truncated, at);
        }

        var next = text[at];
        if (next == (byte)',')
        {
            at++;
            if (!inObject)
            {
                goto Value;
            }

            at = SkipWhiteSpace(at);
            goto Name;
        }

        if (next != (inObject ? (byte)'}' : (byte)']'))
        {
            return Fail(JsonFault.UnexpectedByte, at);
        }

    Close:
        at++;
        depth--;
        if (depth > outer)
        {
            var parent = depth - 1;
            inObject = (containers[parent >> 6] >> parent & 1) != 0;
        }

        goto AfterValue;

    Name:
        at = SkipName(at, out _);
        if (at < 0)
        {
            return Failed;
        }

        goto Value;
    }

    /// <summary>Reads a member's name and its colon; <paramref name="at"/> stands where the opening quote must be.</summary>
    /// <param name="at">Where to begin.</param>
    /// <param name="end">Where the name's closing quote stands.</param>
    public int SkipName(int at, out int end)
    {
        end = Failed;
        if ((uint)at >= (uint)_text.Length || _text[at] != (byte)'"')
        {
            return Fail(JsonFault.UnexpectedByte, at);
        }

        at = SkipString(at + 1);
        if (at < 0)
        {
            return Failed;
        }

        end = at - 1;
        at = SkipWhiteSpace(at);
        return (uint)at < (uint)_text.Length && _text[at] == (byte)':' ? at + 1 : Fail(JsonFault.UnexpectedByte, at);
    }

    /// <summary>Reads a string; <paramref name="at"/> stands after its opening quote.</summary>
    public int SkipString(int at)
    {
        var text = _text;
        ref var start = ref MemoryMarshal.GetReference(text);
        var nonAscii = Vector256<byte>.Zero;
        var escaped = false;
        while (at <= text.Length - Vector256<byte>.Count)
        {
            var block = Vector256.LoadUnsafe(ref start, (nuint)at);
            nonAscii |= block;
            var special = (Vector256.Equals(block, Vector256.Create((byte)'"'))
                | Vector256.Equals(block, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(block, Vector256.Create((byte)0x1F)), block)).ExtractMostSignificantBits();
            var used = 0;
            while (special != 0)
            {
                used = BitOperations.TrailingZeroCount(special);
                var found = Unsafe.Add(ref start, at + used);
                if (found == (byte)'"')
                {
                    Note(escaped, nonAscii);
                    return at + used + 1;
                }

                if (found != (byte)'\\')
                {
                    return Fail(JsonFault.ControlCharacter, at + used);
                }

                escaped = true;
                var length = EscapeLength(at + used);
                if (length == 0)
                {
                    return Fail(JsonFault.BadEscape, at + used);
                }

                used += length;
                if (used >= Vector256<byte>.Count)
                {
                    break;
                }

                special = special >> used << used;
            }

            at += Math.Max(used, Vector256<byte>.Count);
        }

        return SkipStringTail(at, escaped, nonAscii);
    }

    private int SkipStringTail(int at, bool escaped, Vector256<byte> nonAscii)
    {
        var text = _text;
        while ((uint)at < (uint)text.Length)
        {
            var found = text[at];
            if (found == (byte)'"')
            {
                Note(escaped, nonAscii);
                return at + 1;
            }

            if (found < 0x20)
            {
                return Fail(JsonFault.ControlCharacter, at);
            }

            if (found >= 0x80)
            {
                HasNonAscii = true;
            }

            if (found != (byte)'\\')
            {
                at++;
                continue;
            }

            escaped = true;
            var length = EscapeLength(at);
            if (length == 0)
            {
                return Fail(at + 1 < text.Length ? JsonFault.BadEscape : JsonFault.Truncated, at);
            }

            at += length;
        }

        return Fail(JsonFault.Truncated, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Note(bool escaped, Vector256<byte> nonAscii)
    {
        LastStringEscaped = escaped;
        if (nonAscii.ExtractMostSignificantBits() != 0)
        {
            HasNonAscii = true;
        }
    }

    /// <summary>The length of the escape that starts with the backslash at this place; 0 when it is not one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int EscapeLength(int at)
    {
        var text = _text;
        if ((uint)(at + 1) >= (uint)text.Length)
        {
            return 0;
        }

        return text[at + 1] switch
        {
            (byte)'n' or (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'t' or (byte)'r' or (byte)'b' or (byte)'f' => 2,
            (byte)'u' when at + 6 <= text.Length && JsonText.TryReadHex4(text.Slice(at + 2, 4), out _) => 6,
            _ => 0,
        };
    }

    private int SkipLiteral(int at, ReadOnlySpan<byte> literal)
    {
        var rest = _text[at..];
        if (rest.StartsWith(literal))
        {
            return at + literal.Length;
        }

        var common = rest.CommonPrefixLength(literal);
        return Fail(JsonFault.UnexpectedByte, at + common);
    }

    private int SkipNumber(int at)
    {
        var text = _text;
        var start = at;
        if (text[at] == (byte)'-')
        {
            at++;
        }

        var digits = DigitsEnd(text, at);
        if (digits == at)
        {
            return Fail(at == start ? JsonFault.UnexpectedByte : JsonFault.BadNumber, at);
        }

        if (text[at] == (byte)'0' && digits > at + 1)
        {
            return Fail(JsonFault.BadNumber, at + 1);
        }

        at = digits;
        if ((uint)at < (uint)text.Length && text[at] == (byte)'.')
        {
            digits = DigitsEnd(text, at + 1);
            if (digits == at + 1)
            {
                return Fail(JsonFault.BadNumber, digits);
            }

            at = digits;
        }

        if ((uint)at < (uint)text.Length && (text[at] | 0x20) == (byte)'e')
        {
            at++;
            if ((uint)at < (uint)text.Length && text[at] is (byte)'+' or (byte)'-')
            {
                at++;
            }

            digits = DigitsEnd(text, at);
            if (digits == at)
            {
                return Fail(JsonFault.BadNumber, at);
            }

            at = digits;
        }

        return at;
    }

    private static int DigitsEnd(ReadOnlySpan<byte> text, int at)
    {
        while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9)
        {
            at++;
        }

        return at;
    }

    private readonly int SkipWhiteSpaceRun(int at)
    {
        var text = _text;
        if ((uint)at >= (uint)text.Length || !WhiteSpace.Contains(text[at]))
        {
            return at;
        }

        at++;
        if ((uint)at >= (uint)text.Length || text[at] > (byte)' ')
        {
            return at;
        }

        var run = text[at..].IndexOfAnyExcept(WhiteSpace);
        return run < 0 ? text.Length : at + run;
    }
}
