using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>What the settings of an MCP server must say to fit together.</summary>
internal static class McpRules
{
    /// <summary>Leaves half of the 64 characters that tool names may have at model vendors to the tool.</summary>
    private const int LongestName = 32;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Characters of a header's name (RFC 9110 §5.6.2).</summary>
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Headers that the transport itself writes.</summary>
    private static readonly string[] OwnHeaders =
        ["accept", "connection", "content-length", "content-type", "host", "last-event-id", "mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id", "transfer-encoding"];

    /// <summary>Parses a server's name: where it ends in a joined name must be plain to see, or two tools could have one name.</summary>
    public static bool ParseName(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        value = text;
        error = text.Length is 0 or > LongestName ? $"must have 1 to {LongestName} characters"
            : text.AsSpan().ContainsAnyExcept(NameCharacters) ? "may have letters, digits, _ and - only"
            : text.Contains("__", StringComparison.Ordinal) || text[^1] == '_' ? "must not end in _ nor have __ in it, because __ divides it from a tool's name"
            : null;
        return error is null;
    }

    public static bool ParseOrigin(string text, [MaybeNullWhen(false)] out string value, [NotNullWhen(false)] out string? error)
    {
        value = text.TrimEnd('/');
        var scheme = value.IndexOf("://", StringComparison.Ordinal);
        error = scheme > 0 && scheme + 3 < value.Length && !value.AsSpan(scheme + 3).ContainsAny('/', '*', ' ') ? null : "expected an origin such as https://chat.example.com";
        return error is null;
    }

    public static void Check(McpServerConfig server, ConfigNode node, ConfigPath path, ReadContext context)
    {
        var isProcess = server.Transport == "stdio";
        if (isProcess && server.Command.Length == 0)
        {
            context.Error(node.Position, path.Key("command"), "\"command\" is missing; a stdio server is a program that Sluice runs");
        }
        else if (!isProcess && server.Command.Length + server.Args.Count + server.Env.Count > 0)
        {
            context.Error(node.Position, path.Key("transport"), "\"command\", \"args\" and \"env\" belong to the transport stdio");
        }

        if (!isProcess && server.Url.Length == 0)
        {
            context.Error(node.Position, path.Key("url"), "\"url\" is missing");
        }
        else if (isProcess && (server.Url.Length + server.Headers.Count > 0 || !server.ApiKey.IsEmpty))
        {
            context.Error(node.Position, path.Key("transport"), "\"url\", \"headers\" and \"api_key\" belong to the transports http and sse; give a program its secrets in \"env\"");
        }

        foreach (var name in server.Headers.Keys)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                context.Error(node.Position, path.Key("headers"), $"\"{name}\" is no name of a header");
            }
            else if (OwnHeaders.Contains(name.ToLowerInvariant()))
            {
                context.Error(node.Position, path.Key("headers"), $"the header {name} is written by the transport");
            }
            else if (!server.ApiKey.IsEmpty && name.Equals("authorization", StringComparison.OrdinalIgnoreCase))
            {
                context.Error(node.Position, path.Key("headers"), "\"api_key\" and a header Authorization exclude each other");
            }
        }
    }
}
