using System.Buffers;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>Takes a credential out of bytes that go to a client or a log: vendors' errors like to repeat the key.</summary>
public static class SecretRedactor
{
    /// <summary>Writes the body with <c>***</c> in the place of every occurrence of the secret.</summary>
    /// <param name="body">Bytes of an upstream.</param>
    /// <param name="secret">
    /// The secret as it was sent. Found as it is, percent-encoded and with JSON escapes, also mixed; empty finds nothing.
    /// </param>
    /// <param name="output">Takes the bytes that may go on.</param>
    /// <returns>True when there was something to take out.</returns>
    public static bool Redact(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret, IBufferWriter<byte> output)
    {
        var found = false;
        var kept = 0;
        var at = 0;
        while (!secret.IsEmpty && at < body.Length)
        {
            var next = body[at..].IndexOfAny(secret[0], (byte)'%', (byte)'\\');
            if (next < 0)
            {
                break;
            }

            at += next;
            var length = MatchLength(body[at..], secret);
            if (length == 0)
            {
                at++;
                continue;
            }

            found = true;
            output.Write(body[kept..at]);
            output.Write("***"u8);
            at += length;
            kept = at;
        }

        output.Write(body[kept..]);
        return found;
    }

    /// <summary>How many bytes spell the whole secret; 0 when they spell something else.</summary>
    private static int MatchLength(ReadOnlySpan<byte> text, ReadOnlySpan<byte> secret)
    {
        var at = 0;
        foreach (var expected in secret)
        {
            var length = SpellingLength(text[at..], expected);
            if (length == 0)
            {
                return 0;
            }

            at += length;
        }

        return at;
    }

    private static int SpellingLength(ReadOnlySpan<byte> text, byte expected)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        if (text[0] == (byte)'%' && text.Length >= 3
            && (JsonText.HexValue(text[1]) << 4 | JsonText.HexValue(text[2])) == expected)
        {
            return 3;
        }

        if (text[0] == (byte)'\\' && text.Length >= 2)
        {
            if (text[1] == (byte)'u' && text.Length >= 6 && JsonText.TryReadHex4(text[2..], out var unit) && unit == expected)
            {
                return 6;
            }

            if (text[1] == expected && expected is (byte)'/' or (byte)'"' or (byte)'\\')
            {
                return 2;
            }
        }

        return text[0] == expected ? 1 : 0;
    }
}
