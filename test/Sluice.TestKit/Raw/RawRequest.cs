namespace Sluice.TestKit.Raw;

/// <summary>A request as it stood on the wire.</summary>
/// <param name="Head">Request line and headers, with their case and order, without the blank line.</param>
/// <param name="Body">The body, as long as its content length said.</param>
public sealed record RawRequest(string Head, byte[] Body)
{
    public string RequestLine => Head.Split("\r\n")[0];

    /// <summary>Header lines in order.</summary>
    public IReadOnlyList<string> HeaderLines => Head.Split("\r\n")[1..];

    public IReadOnlyList<string> Values(string header)
        => [.. HeaderLines
            .Where(l => l.StartsWith(header + ":", StringComparison.OrdinalIgnoreCase))
            .Select(l => l[(header.Length + 1)..].Trim())];
}
