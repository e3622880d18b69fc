namespace Sluice.Cli;

/// <summary>Texts for a POSIX shell.</summary>
internal static class Shell
{
    /// <summary>One word: as it is where that is safe, else in single quotes.</summary>
    public static string Quote(string text)
        => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
