using System.Globalization;

namespace Sluice.Pricing;

/// <summary>The price of a tool call as the id that records carry: it tells the amount, so that a call which a crash cut off can be charged.</summary>
internal static class ToolPrice
{
    private const string Prefix = "mcp:";

    public static string IdOf(long nanoUsd) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{nanoUsd}");

    /// <summary>The amount in nano-USD; null when the id is no tool's price.</summary>
    public static long? Parse(string? id)
        => id is not null && id.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(id.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var nano)
            ? nano
            : null;
}
