using System.Text;

namespace Sluice.Simulator.Answers;

/// <summary>
/// The simulator's stated tokenizer: a token is a run of whole Unicode scalars of at most four UTF-8 bytes, packed greedily.
/// ASCII text of n bytes is therefore n/4 tokens, rounded up. Usage and the pieces of a stream follow the same rule.
/// </summary>
internal static class Tokenizer
{
    private const int BytesPerToken = 4;

    public static int Count(string text)
    {
        var tokens = 0;
        for (var at = 0; at < text.Length; tokens++)
        {
            at = EndOfToken(text, at);
        }

        return tokens;
    }

    /// <summary>The text in pieces of so many tokens; the last may be shorter.</summary>
    public static IEnumerable<string> Split(string text, int tokensPerPiece = 1)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            for (var i = 0; i < tokensPerPiece && end < text.Length; i++)
            {
                end = EndOfToken(text, end);
            }

            yield return text[at..end];
            at = end;
        }
    }

    /// <summary>The text's first tokens; all of it when it has no more.</summary>
    public static string Take(string text, int tokens)
    {
        var end = 0;
        for (var i = 0; i < tokens && end < text.Length; i++)
        {
            end = EndOfToken(text, end);
        }

        return text[..end];
    }

    private static int EndOfToken(string text, int at)
    {
        var bytes = 0;
        while (at < text.Length)
        {
            // A lone surrogate counts as the replacement character that will be sent for it.
            var width = Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;
            bytes += width == 1 && char.IsSurrogate(text[at]) ? 3 : rune.Utf8SequenceLength;
            if (bytes > BytesPerToken)
            {
                break;
            }

            at += width;
        }

        return at;
    }
}
