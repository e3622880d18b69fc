using System.Text;

namespace Sluice.Mcp.Wire;

/// <summary>Texts as values of the sessionless revision's headers: as they are where a header can carry them, else in base64 between marks.</summary>
internal static class HeaderText
{
    private const string Prefix = "=?base64?";
    private const string Suffix = "?=";

    public static string Encode(string text)
        => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text[0] != ' ' && text[^1] != ' ' && !IsMarked(text)
            ? text
            : Prefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) + Suffix;

    /// <summary>The text of a header's value; null when it is marked and no base64.</summary>
    public static string? Decode(string value)
    {
        value = value.Trim(' ', '\t');
        if (!IsMarked(value))
        {
            return value;
        }

        var bytes = new byte[value.Length];
        return Convert.TryFromBase64Chars(value.AsSpan(Prefix.Length, value.Length - Prefix.Length - Suffix.Length), bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }

    private static bool IsMarked(string text)
        => text.Length >= Prefix.Length + Suffix.Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text.EndsWith(Suffix, StringComparison.Ordinal);
}
