namespace Sluice.Protocol.Canonical;

/// <summary>
/// Who made a signature, an opaque block or an unmodelled member, and so the only one who may see it again.
/// </summary>
/// <param name="Dialect">The dialect in which it came.</param>
/// <param name="Platform">
/// Which of the dialect's vendors, such as <c>vertex</c>, where its signatures hold nowhere else; empty when that does not
/// matter or is not known.
/// </param>
public readonly record struct Owner(Dialect Dialect, string Platform = "")
{
    private const char Separator = '/';

    /// <summary>True when what this owner made may be sent to the target. An empty platform fits every one.</summary>
    public bool Accepts(Owner target) =>
        Dialect == target.Dialect && (Platform.Length == 0 || target.Platform.Length == 0 || Platform == target.Platform);

    /// <summary>Such as <c>anthropic-messages</c> or <c>gemini-generate/vertex</c>.</summary>
    public override string ToString() => Platform.Length == 0 ? Dialect.Name() : $"{Dialect.Name()}{Separator}{Platform}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out Owner owner)
    {
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        var known = DialectNames.TryParse(end < 0 ? text : text[..end], out var dialect);
        owner = new Owner(dialect, end < 0 ? "" : text[(end + 1)..]);
        return known;
    }
}
