namespace Sluice.Cli.Connect;

/// <summary>The difference of two small texts, line by line.</summary>
internal static class LineDiff
{
    /// <summary>Lines that begin with <c>-</c>, <c>+</c> or a blank; far unchanged lines are left out.</summary>
    public static IEnumerable<string> Of(string before, string after, int context = 2)
    {
        var lines = Compare(Split(before), Split(after));
        var shown = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var near = Enumerable.Range(Math.Max(0, i - context), Math.Min(lines.Count - 1, i + context) - Math.Max(0, i - context) + 1);
            if (!near.Any(n => lines[n][0] != ' '))
            {
                continue;
            }

            if (shown >= 0 && shown != i - 1)
            {
                yield return " …";
            }

            shown = i;
            yield return lines[i];
        }
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    // The longest common subsequence by the usual table; settings files have at most some hundred lines.
    private static List<string> Compare(string[] before, string[] after)
    {
        var common = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<string>();
        int b = 0, a = 0;
        while (b < before.Length || a < after.Length)
        {
            if (b < before.Length && a < after.Length && before[b] == after[a])
            {
                lines.Add($" {before[b++]}");
                a++;
            }
            else if (a == after.Length || (b < before.Length && common[b + 1, a] >= common[b, a + 1]))
            {
                lines.Add($"-{before[b++]}");
            }
            else
            {
                lines.Add($"+{after[a++]}");
            }
        }

        return lines;
    }
}
