using Sluice.Configuration;

namespace Sluice.Auth;

/// <summary>Tools of MCP servers that a key may use, as patterns of <c>server/tool</c>; <c>*</c> stands for any run of characters.</summary>
internal sealed class McpAllowList(IReadOnlyList<string> patterns)
{
    private readonly bool _all = patterns.Contains("*");

    public static McpAllowList All { get; } = new(["*"]);

    public static McpAllowList None { get; } = new([]);

    /// <summary>True for a tool or prompt that a pattern names.</summary>
    public bool Allows(string server, string name)
    {
        if (_all || patterns.Count == 0)
        {
            return _all;
        }

        var full = $"{server}/{name}";
        return patterns.Any(pattern => NamePattern.Matches(pattern, full));
    }

    /// <summary>True where everything of a server is allowed, its resources included, whose addresses no pattern could name.</summary>
    public bool AllowsAll(string server)
        => _all || patterns.Any(pattern => pattern.EndsWith("/*", StringComparison.Ordinal) && NamePattern.Matches(pattern.AsSpan(0, pattern.Length - 2), server));

    /// <summary>True when both say the same.</summary>
    public bool SameAs(McpAllowList other) => ReferenceEquals(this, other) || patterns.SequenceEqual(other.Patterns);

    private IReadOnlyList<string> Patterns => patterns;
}
