using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Mcp.Catalog;

/// <summary>
/// The names under which tools and prompts of all servers are offered: <c>server__tool</c>. They depend on nothing but the two
/// names, so that they stay as servers come and go, and fit what model vendors take for a tool's name: letters, digits, _ and -,
/// at most 64. What does not fit is altered and marked with a part of the name's hash.
/// </summary>
internal static class JoinedName
{
    public const string Divider = "__";

    /// <summary>The longest name that OpenAI takes; Anthropic and Gemini take longer ones.</summary>
    public const int Longest = 64;

    private const int HashDigits = 12;

    private static readonly SearchValues<char> Fitting = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The name of a server's tool, and whether it had to be altered.</summary>
    public static string Of(string server, string name, out bool altered)
    {
        var room = Longest - server.Length - Divider.Length;
        altered = name.Length == 0 || name.Length > room || name.AsSpan().ContainsAnyExcept(Fitting);
        if (!altered)
        {
            return string.Concat(server, Divider, name);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashDigits];
        var kept = new StringBuilder(room);
        foreach (var character in name.AsSpan(0, Math.Min(name.Length, room - HashDigits - 1)))
        {
            kept.Append(Fitting.Contains(character) ? character : '_');
        }

        return $"{server}{Divider}{kept}-{hash}";
    }

    /// <summary>The server's part of a joined name; empty when it is none. A server's name has no divider in it.</summary>
    public static string ServerOf(string joined)
    {
        var end = joined.IndexOf(Divider, StringComparison.Ordinal);
        return end <= 0 ? "" : joined[..end];
    }
}
