namespace Sluice.Endpoints;

/// <summary>What stands in a path after the server has decoded it.</summary>
internal static class PathText
{
    /// <summary>The server leaves encoded slashes as they are, because they may not be separators; in a model's name they are.</summary>
    public static string Unescape(string value) => value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
