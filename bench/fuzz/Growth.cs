using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Fuzz;

/// <summary>
/// Looks for time that grows faster than the input: every member, every item and every event of the seeds stands many times over,
/// as it is and with names and numbers of its own, and four times as many may take four times as long.
/// </summary>
internal static partial class Growth
{
    private const int Shorter = 96 * 1024;
    private const int Times = 4;
    private const int Retries = 8;

    /// <summary>Four times the input in so many times the time is no longer noise.</summary>
    private const double Worst = 9;

    private static readonly TimeSpan TooShortToTell = TimeSpan.FromMilliseconds(25);

    /// <summary>Tries one reader; the answer names what grew.</summary>
    /// <param name="subject">The reader.</param>
    /// <param name="longest">How long one reading may take, which bounds the run.</param>
    public static List<string> Of(Subject subject, TimeSpan longest)
    {
        var grown = new List<string>();
        foreach (var seed in subject.Seeds.Select(Encoding.UTF8.GetString))
        {
            foreach (var (at, piece) in Pieces(seed))
            {
                Try(subject, seed, at, piece, same: true, longest, grown);
                Try(subject, seed, at, piece, same: false, longest, grown);
            }
        }

        return grown;
    }

    private static void Try(Subject subject, string seed, int at, string piece, bool same, TimeSpan longest, List<string> grown)
    {
        for (var target = 0; target < 4; target++)
        {
            var few = Time(subject, Make(seed, at, piece, Shorter / piece.Length, same), target);
            var many = Time(subject, Make(seed, at, piece, Times * Shorter / piece.Length, same), target);
            for (var retry = 0; retry < Retries && IsGrown(few, many); retry++)
            {
                few = Max(few, Time(subject, Make(seed, at, piece, Shorter / piece.Length, same), target));
                many = Min(many, Time(subject, Make(seed, at, piece, Times * Shorter / piece.Length, same), target));
            }

            if (IsGrown(few, many) || many > longest)
            {
                grown.Add($"{subject.Name}, written by {target}: {few.TotalMilliseconds:F1} ms becomes {many.TotalMilliseconds:F1} ms with {Times} times as many {(same ? "" : "different ")}{piece[..Math.Min(60, piece.Length)].ReplaceLineEndings(" ")}");
            }
        }
    }

    private static bool IsGrown(TimeSpan few, TimeSpan many) => many > TooShortToTell && many > few * Worst;

    private static TimeSpan Time(Subject subject, byte[] input, int target)
    {
        // The processor's time and not the clock's: a busy machine takes none of it.
        var before = Environment.CpuUsage.TotalTime;
        subject.Read(input, new Random(1), target);
        return Environment.CpuUsage.TotalTime - before;
    }

    private static byte[] Make(string seed, int at, string piece, int count, bool same)
    {
        var text = new StringBuilder(seed, 0, at, seed.Length + (count * (piece.Length + 8)));
        for (var i = 0; i < count; i++)
        {
            text.Append(same ? piece : Different(piece, i, count));
        }

        return Encoding.UTF8.GetBytes(text.Append(seed, at, seed.Length - at).ToString());
    }

    /// <summary>The piece with a number in its ids and names, and falling numbers of places: what is sorted moves.</summary>
    private static string Different(string piece, int number, int count)
    {
        var named = Names().Replace(piece, match => $"{match.Groups[1].Value}{number}\"");
        var placed = Places().Replace(named, match => $"{match.Groups[1].Value}{count - number}");
        return placed == piece ? Member().Replace(piece, $"\"$1{number}\":", 1) : placed;
    }

    /// <summary>Members with the comma behind them, items with theirs, and events.</summary>
    private static IEnumerable<(int At, string Piece)> Pieces(string seed)
    {
        foreach (Match match in Member().Matches(seed))
        {
            if (ValueEnd(seed, match.Index + match.Length) is var end and > 0)
            {
                yield return (match.Index, seed[match.Index..end] + ",");
            }
        }

        foreach (Match match in Items().Matches(seed))
        {
            if (ValueEnd(seed, match.Index + match.Length) is var end and > 0)
            {
                yield return (match.Index + match.Length, seed[(match.Index + match.Length)..end] + ",");
            }
        }

        var from = 0;
        for (var end = seed.IndexOf("\n\n", StringComparison.Ordinal); end >= 0; end = seed.IndexOf("\n\n", from, StringComparison.Ordinal))
        {
            yield return (from, seed[from..(end + 2)]);
            from = end + 2;
        }
    }

    private static int ValueEnd(string text, int at)
    {
        var depth = 0;
        for (var inString = false; at < text.Length; at++)
        {
            var one = text[at];
            if (inString)
            {
                at += one == '\\' ? 1 : 0;
                inString = one != '"';
            }
            else if (one == '"')
            {
                inString = true;
            }
            else if (one is '{' or '[')
            {
                depth++;
            }
            else if (one is '}' or ']' or ',' && depth-- == 0)
            {
                return at;
            }
            else if (one == ',')
            {
                depth++;
            }
        }

        return -1;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    [GeneratedRegex("\"([A-Za-z_]+)\":\\s*")]
    private static partial Regex Member();

    [GeneratedRegex("\\[\\s*")]
    private static partial Regex Items();

    [GeneratedRegex("(\"(?:id|call_id|tool_call_id|tool_use_id|item_id|name|url|uri|source)\":\\s*\"[^\"\\\\]*)\"")]
    private static partial Regex Names();

    [GeneratedRegex("(\"(?:index|output_index|content_index|summary_index)\":\\s*)[0-9]+")]
    private static partial Regex Places();
}
