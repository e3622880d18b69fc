using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Cli.Connect;

/// <summary>Sets a few texts at the top of a TOML file and one table of texts, line by line, and leaves the rest as it is, comments included.</summary>
internal static class TomlFile
{
    public static string Edit(string text, IReadOnlyList<(string Key, string Value)> top, string table, IReadOnlyList<(string Key, string Value)> values)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').ToList();
        if (lines is [""])
        {
            lines.Clear();
        }

        RemoveTable(lines, table);
        var firstTable = lines.FindIndex(IsHeader);
        var end = firstTable < 0 ? lines.Count : firstTable;
        foreach (var (key, value) in top)
        {
            var line = $"{key} = {Text(value)}";
            var at = lines.FindIndex(0, end, l => IsKey(l, key));
            if (at >= 0)
            {
                lines[at] = line;
            }
            else
            {
                lines.Insert(0, line);
                end++;
            }
        }

        while (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        lines.Add("");
        lines.Add($"[{table}]");
        lines.AddRange(values.Select(v => $"{v.Key} = {Text(v.Value)}"));
        return string.Join('\n', lines) + "\n";
    }

    private static void RemoveTable(List<string> lines, string table)
    {
        var start = lines.FindIndex(l => IsHeader(l) && Header(l) == table);
        if (start < 0)
        {
            return;
        }

        var end = lines.FindIndex(start + 1, IsHeader);
        lines.RemoveRange(start, (end < 0 ? lines.Count : end) - start);
    }

    private static bool IsHeader(string line) => line.AsSpan().TrimStart().StartsWith("[");

    private static string Header(string line)
    {
        var from = line.IndexOf('[', StringComparison.Ordinal) + 1;
        var to = line.IndexOf(']', from);
        return (to < 0 ? line[from..] : line[from..to]).Replace(" ", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
    }

    private static bool IsKey(string line, string key)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && line.AsSpan(0, equals).Trim().Trim('"').SequenceEqual(key);
    }

    // A basic string of TOML takes the escapes of JSON.
    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
