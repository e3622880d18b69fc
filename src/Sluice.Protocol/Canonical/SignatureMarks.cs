using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// Finds in a request's bytes what only this gateway has put there: signatures of other vendors in the slots of the client's
/// dialect. A vendor who is sent them as they are refuses the whole call.
/// </summary>
public static class SignatureMarks
{
    private static readonly byte[][] Dialects = [.. Enum.GetValues<Dialect>().Select(dialect => Encoding.UTF8.GetBytes(dialect.Name()))];

    /// <summary>
    /// True when a string of the document begins with a mark. A look at the bytes, which costs no more than reading them once:
    /// a text in which somebody writes about marks is told by its quote, which is escaped there.
    /// </summary>
    /// <param name="body">The request.</param>
    /// <param name="dialect">Its dialect.</param>
    public static bool In(ReadOnlySpan<byte> body, Dialect dialect) => dialect switch
    {
        // In Chat, thought signatures in extra_content.
        Dialect.AnthropicMessages or Dialect.OpenAIChat => HasMark(body, ""u8),
        Dialect.OpenAIResponses => HasMark(body, ""u8) || HasMark(body, "redacted."u8),
        // Base64 there: of "sluice." and of "redacted sluice.".
        Dialect.GeminiGenerate => Begins(body, "c2x1aWNlL"u8) || Begins(body, "cmVkYWN0ZWQgc2x1aWNlL"u8),
        _ => false,
    };

    private static bool HasMark(ReadOnlySpan<byte> body, ReadOnlySpan<byte> before)
    {
        var mark = "sluice."u8;
        for (var rest = body; rest.IndexOf(mark) is var at and >= 0; rest = rest[(at + mark.Length)..])
        {
            if (NamesDialect(rest[(at + mark.Length)..]) && rest[..at].EndsWith(before) && OpensString(rest[..(at - before.Length)]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Begins(ReadOnlySpan<byte> body, ReadOnlySpan<byte> value)
    {
        for (var rest = body; rest.IndexOf(value) is var at and >= 0; rest = rest[(at + value.Length)..])
        {
            if (OpensString(rest[..at]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool OpensString(ReadOnlySpan<byte> before) => before is [.., not (byte)'\\', (byte)'"'];

    private static bool NamesDialect(ReadOnlySpan<byte> after)
    {
        foreach (var name in Dialects)
        {
            if (after.StartsWith(name))
            {
                return true;
            }
        }

        return false;
    }
}
