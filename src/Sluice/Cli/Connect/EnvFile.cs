namespace Sluice.Cli.Connect;

/// <summary>Sets variables in a file of <c>NAME=value</c> lines and leaves the rest.</summary>
internal static class EnvFile
{
    public static string Set(string text, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Where((l, i) => l.Length > 0 || i > 0).ToList();
        foreach (var (name, value) in variables)
        {
            var line = $"{name}={Quote(value)}";
            var at = lines.FindIndex(l => IsVariable(l, name));
            if (at >= 0)
            {
                lines[at] = line;
            }
            else
            {
                lines.Add(line);
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    private static bool IsVariable(string line, string name)
    {
        var trimmed = line.AsSpan().TrimStart();
        trimmed = trimmed.StartsWith("export ") ? trimmed["export ".Length..].TrimStart() : trimmed;
        return trimmed.StartsWith(name) && trimmed[name.Length..].TrimStart().StartsWith("=");
    }

    // dotenv takes single quotes literally.
    private static string Quote(string value) => value == Shell.Quote(value) ? value : $"'{value}'";
}
