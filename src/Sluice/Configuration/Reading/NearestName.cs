namespace Sluice.Configuration.Reading;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the names by edit distance (a swap of neighbours counts one), or null when none is near. Case, dashes and underscores do not count.</summary>
    public static string? Find(string written, IEnumerable<string> names)
    {
        var plain = Fold(written);
        string? best = null;
        var bestDistance = Math.Max(1, plain.Length / 3) + 1;
        foreach (var name in names)
        {
            var distance = Distance(plain, Fold(name));
            if (distance < bestDistance)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        return best;
    }

    /// <summary>Text to append to an error: the nearest name, or the list of names where that is short, or nothing.</summary>
    public static string Hint(string written, IReadOnlyCollection<string> names)
    {
        const int ShortList = 24;
        if (Find(written, names) is { } near)
        {
            return $"; did you mean \"{near}\"?";
        }

        return names.Count is > 0 and <= ShortList ? $"; expected one of {string.Join(", ", names)}" : "";
    }

    private static string Fold(string name)
        => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static int Distance(string a, string b)
    {
        // Names are short; anything longer is not a slip of the finger.
        if (a.Length > 64 || b.Length > 64)
        {
            return int.MaxValue;
        }

        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
