using System.Globalization;

namespace Sluice.Simulator.Wire;

/// <summary>
/// Finds escapes of half a character in JSON, such as <c>\ud83d</c> alone. The grammar allows them, but no text has them:
/// vendors refuse the request ("no low surrogate in string"), and .NET cannot read such a string.
/// </summary>
internal static class SurrogateEscapes
{
    private const int EscapeLength = 6;

    /// <summary>True when a string of this valid JSON has one half without the other.</summary>
    public static bool HaveLone(ReadOnlySpan<byte> json)
    {
        for (var at = json.IndexOf((byte)'\\'); at >= 0;)
        {
            var unit = UnitAt(json[at..]);
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                at += EscapeLength;
                if (!char.IsLowSurrogate(UnitAt(json[at..])))
                {
                    return true;
                }
            }

            // What follows a backslash is never the start of another escape.
            at += 2;
            var next = json[at..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + next;
        }

        return false;
    }

    /// <summary>The UTF-16 unit that a <c>\u</c> escape stands for; 0 where there is no such escape.</summary>
    private static char UnitAt(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
        && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : '\0';
}
