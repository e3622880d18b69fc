using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>Reads one number of a usage object.</summary>
internal static class TokenCount
{
    /// <summary>No call uses this many tokens: a count above it is a defect of the upstream and is passed over.</summary>
    public const long Largest = 1_000_000_000;

    /// <summary>The count; -1 when the token is no number or makes no sense.</summary>
    public static long Read(ReadOnlySpan<byte> token) =>
        JsonNumber.TryReadWhole(token, out var count) && count is >= 0 and <= Largest ? count : -1;
}
