namespace Sluice.Mcp.Sessions;

/// <summary>The levels of a server's log lines, from chatty to grave (RFC 5424).</summary>
internal static class LogLevels
{
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <summary>A level's rank; -1 when it is none.</summary>
    public static int RankOf(string? level) => Array.IndexOf(Names, level);
}
