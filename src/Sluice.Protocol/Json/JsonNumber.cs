using System.Buffers.Text;

namespace Sluice.Protocol.Json;

/// <summary>Reads JSON numbers as whole numbers.</summary>
internal static class JsonNumber
{
    /// <summary>The whole part of a number; fractions are cut off and what does not fit becomes the nearest bound.</summary>
    /// <returns>False when the token is not a number.</returns>
    public static bool TryReadWhole(ReadOnlySpan<byte> token, out long value)
    {
        if (Utf8Parser.TryParse(token, out value, out var used) && used == token.Length)
        {
            return true;
        }

        if (!token.IsEmpty && JsonKindsExtensions.StartingWith(token[0]) == JsonKinds.Number
            && Utf8Parser.TryParse(token, out double real, out used) && used == token.Length)
        {
            value = real >= long.MaxValue ? long.MaxValue : real <= long.MinValue ? long.MinValue : (long)real;
            return true;
        }

        value = 0;
        return false;
    }
}
