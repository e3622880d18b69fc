namespace Sluice.Auth.Accounts;

/// <summary>E-mail addresses as accounts use them.</summary>
internal static class EmailAddress
{
    /// <summary>RFC 5321 §4.5.3.1: a path has at most 256 octets with its brackets.</summary>
    private const int Longest = 254;

    /// <summary>The address in lower case; null when it is none. Only printable ASCII: look-alikes of other scripts would be other accounts.</summary>
    public static string? Normalise(string? text)
    {
        if (text is null || text.Length is < 3 or > Longest)
        {
            return null;
        }

        var at = text.LastIndexOf('@');
        var isGood = at > 0 && at < text.Length - 1 && text.IndexOf('@', StringComparison.Ordinal) == at
            && text.All(c => c is > ' ' and < (char)127 && "\"(),:;<>[]\\".IndexOf(c, StringComparison.Ordinal) < 0)
            && text[at + 1] != '.' && text[^1] != '.' && !text.Contains("..", StringComparison.Ordinal);
        return isGood ? text.ToLowerInvariant() : null;
    }
}
