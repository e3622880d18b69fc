using System.Buffers;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>
/// Takes the usage-only chunk (<c>choices</c> empty, <c>usage</c> an object) out of a Chat Completions stream whose client
/// did not ask for usage. Every other byte goes through as it came. Reusable, for one stream at a time.
/// </summary>
/// <remarks>A carriage return that is the last byte so far ends no line yet: a line feed may belong to it.</remarks>
public sealed class SseUsageFilter
{
    /// <summary>How many bytes of an incomplete event are held back before it goes through unseen.</summary>
    public const int MaxHeld = 64 * 1024;

    private readonly SseScanner _scanner = new();
    private byte[] _held = [];
    private int _heldLength;
    private bool _passing;
    private bool _afterReturn;
    private int _lineLength;

    /// <summary>Forgets the stream and gives the buffer back.</summary>
    public void Reset()
    {
        Hold(default);
        _passing = false;
    }

    /// <summary>Takes the next bytes of the stream and writes what may go on.</summary>
    public void Filter(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        if (_passing)
        {
            var passed = PassedLength(input);
            output.Write(input[..passed]);
            input = input[passed..];
        }

        if (_heldLength == 0)
        {
            KeepRest(FilterEvents(input, output), output);
            return;
        }

        var joined = ArrayPool<byte>.Shared.Rent(_heldLength + input.Length);
        _held.AsSpan(0, _heldLength).CopyTo(joined);
        input.CopyTo(joined.AsSpan(_heldLength));
        KeepRest(FilterEvents(joined.AsSpan(0, _heldLength + input.Length), output), output);
        ArrayPool<byte>.Shared.Return(joined);
    }

    /// <summary>Writes what is held back: the stream has ended.</summary>
    public void Flush(IBufferWriter<byte> output)
    {
        output.Write(_held.AsSpan(0, _heldLength));
        Reset();
    }

    /// <summary>Writes the whole events but the one to take out; answers the incomplete rest.</summary>
    private ReadOnlySpan<byte> FilterEvents(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var kept = 0;
        var begin = 0;
        while (EventLength(text[begin..]) is var length and > 0)
        {
            if (IsUsageOnly(text.Slice(begin, length)))
            {
                output.Write(text[kept..begin]);
                kept = begin + length;
            }

            begin += length;
        }

        output.Write(text[kept..begin]);
        return text[begin..];
    }

    private void KeepRest(ReadOnlySpan<byte> rest, IBufferWriter<byte> output)
    {
        if (rest.Length <= MaxHeld)
        {
            Hold(rest);
            return;
        }

        _passing = true;
        _afterReturn = false;
        _lineLength = 0;
        _ = PassedLength(rest);
        output.Write(rest);
        Hold(default);
    }

    /// <summary>The length of the event, or of the comment before it, with its end; 0 when it is incomplete.</summary>
    private static int EventLength(ReadOnlySpan<byte> text)
    {
        var line = 0;
        while (true)
        {
            var length = text[line..].IndexOfAny(SseFields.CarriageReturn, SseFields.LineFeed);
            if (length < 0)
            {
                return 0;
            }

            var next = line + length + 1;
            if (text[next - 1] == SseFields.CarriageReturn)
            {
                if (next == text.Length)
                {
                    return 0;
                }

                if (text[next] == SseFields.LineFeed)
                {
                    next++;
                }
            }

            if (length == 0 || (line == 0 && text[0] == (byte)':'))
            {
                return next;
            }

            line = next;
        }
    }

    /// <summary>How many bytes still belong to the event that goes through unseen.</summary>
    private int PassedLength(ReadOnlySpan<byte> input)
    {
        var at = 0;
        while (at < input.Length)
        {
            if (_afterReturn && input[at] == SseFields.LineFeed)
            {
                _afterReturn = false;
                at++;
                continue;
            }

            _afterReturn = false;
            var length = input[at..].IndexOfAny(SseFields.CarriageReturn, SseFields.LineFeed);
            if (length < 0)
            {
                _lineLength += input.Length - at;
                break;
            }

            var blank = _lineLength + length == 0;
            at += length;
            _afterReturn = input[at++] == SseFields.CarriageReturn;
            _lineLength = 0;
            if (blank)
            {
                _passing = false;
                return at;
            }
        }

        return input.Length;
    }

    private bool IsUsageOnly(ReadOnlySpan<byte> text)
    {
        if (!JsonKeySearch.HasValue(text, "\"usage\""u8))
        {
            return false;
        }

        _scanner.Reset();
        if (!_scanner.TryRead(ref text, out var found))
        {
            return false;
        }

        var hasUsage = false;
        var hasNoChoices = false;
        var members = new JsonMembers(found.Data, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("usage"u8))
            {
                hasUsage = members.Value[0] == (byte)'{';
            }
            else if (members.Name.SequenceEqual("choices"u8))
            {
                hasNoChoices = members.Value[0] == (byte)'[' && members.Value[1..].TrimStart(" \t\r\n"u8)[0] == (byte)']';
            }
        }

        return hasUsage && hasNoChoices;
    }

    private void Hold(ReadOnlySpan<byte> rest)
    {
        _heldLength = rest.Length;
        if (_held.Length >= rest.Length && !rest.IsEmpty)
        {
            rest.CopyTo(_held);
            return;
        }

        var old = _held;
        _held = rest.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(rest.Length);
        rest.CopyTo(_held);
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
