using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sluice.Idempotency;

/// <summary>An answer as it was given: status, headers, and the body's bytes, of a stream too.</summary>
internal sealed record StoredAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>The bytes that are stored: a head as HTTP writes one, then the body.</summary>
    public static byte[] Encode(int status, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{status}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; null when it is something else.</summary>
    public static StoredAnswer? Decode(ReadOnlyMemory<byte> bytes)
    {
        if (!TryLine(ref bytes, out var first) || !Utf8Parser.TryParse(first, out int status, out var read) || read != first.Length)
        {
            return null;
        }

        var headers = new List<KeyValuePair<string, string>>();
        while (TryLine(ref bytes, out var line))
        {
            if (line.IsEmpty)
            {
                return new StoredAnswer(status, headers, bytes);
            }

            var colon = line.IndexOf(": "u8);
            if (colon < 0)
            {
                return null;
            }

            headers.Add(new(Encoding.Latin1.GetString(line[..colon]), Encoding.Latin1.GetString(line[(colon + 2)..])));
        }

        return null;
    }

    private static bool TryLine(ref ReadOnlyMemory<byte> bytes, out ReadOnlySpan<byte> line)
    {
        var end = bytes.Span.IndexOf(LineEnd);
        line = end < 0 ? default : bytes.Span[..end];
        bytes = end < 0 ? bytes : bytes[(end + LineEnd.Length)..];
        return end >= 0;
    }
}
