namespace Sluice.Protocol.Json;

/// <summary>
/// Finds members by their name without reading the document: one vectorised search instead of a parse.
/// </summary>
/// <remarks>
/// Sound because a name between bare quotes with a colon behind it cannot be text: inside a string those quotes would be
/// escaped. It does not say at which depth the member stands; where that matters the caller walks the document.
/// </remarks>
internal static class JsonKeySearch
{
    /// <summary>Where the value of the next member of this name begins.</summary>
    /// <param name="json">The document.</param>
    /// <param name="quotedName">The name with its quotes.</param>
    /// <param name="from">Where to begin.</param>
    /// <returns>-1 when there is no further member of this name.</returns>
    public static int FindValue(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName, int from = 0)
    {
        while (true)
        {
            var found = json[from..].IndexOf(quotedName);
            if (found < 0)
            {
                return -1;
            }

            from += found + quotedName.Length;
            var at = SkipWhiteSpace(json, from);
            if (at < json.Length && json[at] == (byte)':')
            {
                at = SkipWhiteSpace(json, at + 1);
                return at < json.Length ? at : -1;
            }
        }
    }

    /// <summary>True when a member of this name holds anything but null.</summary>
    public static bool HasValue(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        for (var at = FindValue(json, quotedName); at >= 0; at = FindValue(json, quotedName, at))
        {
            if (json[at] != (byte)'n')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many bytes stand in the string values of all members of this name, escapes counted as they came.</summary>
    public static int StringBytes(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        var total = 0;
        for (var at = FindValue(json, quotedName); at >= 0; at = FindValue(json, quotedName, at))
        {
            if (json[at] == (byte)'"')
            {
                var contents = json[(at + 1)..];
                var escaped = false;
                var end = JsonText.IndexOfQuote(contents, ref escaped);
                total += end < 0 ? contents.Length : end;
            }
        }

        return total;
    }

    private static int SkipWhiteSpace(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }
}
