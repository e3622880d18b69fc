using System.Text;

namespace Sluice.Fuzz;

/// <summary>Spoils bytes in the ways that have found defects: in single bytes, in values and members of JSON, in whole events, and between documents.</summary>
/// <param name="others">Documents of all kinds and dialects, for splices.</param>
internal sealed class Mutator(IReadOnlyList<byte[]> others)
{
    /// <summary>The longest input, in bytes. Beyond it nothing is inserted any more.</summary>
    public const int Longest = 128 * 1024;

    private const int MostChanges = 4;
    private static readonly byte[] Telling = "{}[]\",:\\\n\r \0\t-0919eEtfnu./"u8.ToArray();

    private static readonly byte[][] BrokenText =
    [
        [0xFF], [0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBB, 0xBF], "\\ud800"u8.ToArray(),
        "\\udc00\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(), "\\u00zz"u8.ToArray(), "\\x"u8.ToArray(), [0],
    ];

    private static readonly byte[][] Values =
    [
        .. ((string[])
        [
            "null", "true", "false", "0", "-1", "1e999", "-1e-999", "2147483647", "4294967296", "-9223372036854775809", "123456789012345678901234567890",
            "0.1", "1.0", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"x\"", "[]", "{}", "[null]", "[[]]", "{\"type\":\"text\"}", "{\"\":\"\"}", "[{}]", "\"{}\"", "\"{\"",
        ]).Select(Encoding.UTF8.GetBytes),
        Nested('[', ']', 300), Nested('[', ']', 600), Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 510)) + "1" + new string('}', 510)),
    ];

    /// <summary>A spoilt copy.</summary>
    public byte[] Spoil(ReadOnlySpan<byte> seed, Random random)
    {
        var bytes = new List<byte>(seed.Length + 256);
        bytes.AddRange(seed);
        for (var changes = random.Next(1, MostChanges + 1); changes > 0 && bytes.Count > 0; changes--)
        {
            Change(bytes, random);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        switch (random.Next(14))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = Telling[random.Next(Telling.Length)];
                break;
            case 2:
                Insert(bytes, at, [Telling[random.Next(Telling.Length)]]);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                break;
            case 4:
                Insert(bytes, random.Next(bytes.Count), bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                break;
            case 5 when random.Next(3) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                Splice(bytes, at, random);
                break;
            case 7:
                Insert(bytes, at, BrokenText[random.Next(BrokenText.Length)]);
                break;
            case 8 when random.Next(20) == 0:
                Repeat(bytes, at, random);
                break;
            case 9:
                ChangeEvents(bytes, at, random);
                break;
            default:
                ChangeValue(bytes, at, random);
                break;
        }
    }

    /// <summary>The rest is another document's, or a piece of one stands in the middle.</summary>
    private void Splice(List<byte> bytes, int at, Random random)
    {
        var other = others[random.Next(others.Count)];
        var from = random.Next(other.Length);
        if (random.Next(2) == 0)
        {
            bytes.RemoveRange(at, bytes.Count - at);
            Insert(bytes, at, other[from..]);
        }
        else
        {
            Insert(bytes, at, other[from..Math.Min(other.Length, from + random.Next(1, 200))]);
        }
    }

    /// <summary>One piece many times over: what is not linear shows.</summary>
    private static void Repeat(List<byte> bytes, int at, Random random)
    {
        var piece = random.Next(2) == 0 ? MemberAt(bytes, at) : bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
        for (var count = random.Next(2, 400); count > 0; count--)
        {
            Insert(bytes, at, piece);
        }
    }

    private static void ChangeEvents(List<byte> bytes, int at, Random random)
    {
        var first = LineBreak(bytes, at);
        var next = first < 0 ? -1 : LineBreak(bytes, first);
        if (next < 0)
        {
            return;
        }

        var piece = bytes.GetRange(first, next - first);
        if (random.Next(3) != 0)
        {
            bytes.RemoveRange(first, piece.Count);
        }

        if (bytes.Count > 0 && random.Next(3) != 0)
        {
            var to = LineBreak(bytes, random.Next(bytes.Count));
            Insert(bytes, to < 0 ? bytes.Count : to, piece);
        }
    }

    /// <summary>Where the blank line at or after a place ends; -1 when there is none.</summary>
    private static int LineBreak(List<byte> bytes, int at)
    {
        for (; at + 1 < bytes.Count; at++)
        {
            if (bytes[at] == '\n' && (bytes[at + 1] == '\n' || bytes[at + 1] == '\r'))
            {
                return bytes[at + 1] == '\n' ? at + 2 : Math.Min(at + 3, bytes.Count);
            }
        }

        return -1;
    }

    private static void ChangeValue(List<byte> bytes, int at, Random random)
    {
        var colon = bytes.IndexOf((byte)':', at);
        if (colon < 0 || colon + 1 >= bytes.Count)
        {
            return;
        }

        var value = ValueLength(bytes, colon + 1);
        switch (random.Next(5))
        {
            case 0:
                Insert(bytes, at, MemberAt(bytes, at));
                break;
            case 1 when random.Next(50) == 0:
                bytes.RemoveRange(colon + 1, value);
                Insert(bytes, colon + 1, Encoding.UTF8.GetBytes($"\"{new string('x', random.Next(1, 30_000))}\""));
                break;
            case 2:
                // The value of another member.
                var other = bytes.IndexOf((byte)':', random.Next(bytes.Count));
                var copy = other < 0 ? [] : bytes.GetRange(other + 1, ValueLength(bytes, other + 1));
                bytes.RemoveRange(colon + 1, value);
                Insert(bytes, colon + 1, copy);
                break;
            default:
                bytes.RemoveRange(colon + 1, value);
                Insert(bytes, colon + 1, Values[random.Next(Values.Length)]);
                break;
        }
    }

    /// <summary>The member at or after a place, with the comma behind it.</summary>
    private static List<byte> MemberAt(List<byte> bytes, int at)
    {
        var quote = bytes.IndexOf((byte)'"', at);
        var colon = quote < 0 ? -1 : bytes.IndexOf((byte)':', quote);
        if (colon < 0 || colon - quote > 100)
        {
            return [];
        }

        return [.. bytes.GetRange(quote, colon + 1 + ValueLength(bytes, colon + 1) - quote), (byte)','];
    }

    /// <summary>How long the value is that begins at a place, as far as brackets and quotes tell.</summary>
    private static int ValueLength(List<byte> bytes, int start)
    {
        var depth = 0;
        var inString = false;
        for (var at = start; at < bytes.Count; at++)
        {
            var one = bytes[at];
            if (inString)
            {
                at += one == '\\' ? 1 : 0;
                inString = one != '"';
            }
            else if (one is (byte)'"' or (byte)'{' or (byte)'[')
            {
                inString = one == '"';
                depth += inString ? 0 : 1;
            }
            else if (one is (byte)'}' or (byte)']' or (byte)',' or (byte)'\n')
            {
                if (depth == 0 || one == '\n')
                {
                    return at - start;
                }

                depth -= one == ',' ? 0 : 1;
            }
        }

        return bytes.Count - start;
    }

    private static void Insert(List<byte> bytes, int at, IReadOnlyCollection<byte> piece)
    {
        if (bytes.Count + piece.Count <= Longest)
        {
            bytes.InsertRange(at, piece);
        }
    }

    private static byte[] Nested(char open, char close, int depth) => Encoding.UTF8.GetBytes(new string(open, depth) + new string(close, depth));
}
