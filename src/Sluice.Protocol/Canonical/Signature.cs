namespace Sluice.Protocol.Canonical;

/// <summary>
/// What a vendor wants to see again, unchanged: the signature of an Anthropic thinking block or the data of a redacted one,
/// a Gemini thought signature, OpenAI's encrypted reasoning.
/// </summary>
/// <param name="Owner">The only one who accepts it.</param>
/// <param name="Data">The vendor's text (base64 in all dialects), never looked into.</param>
public sealed record Signature(Owner Owner, string Data)
{
    private const string Mark = "sluice.";
    private const char Separator = ':';

    /// <summary>
    /// The text for the signature slot of a client's dialect. A signature of that dialect stands there as it is; a foreign one
    /// is marked with its owner, so that it finds its way back through a client that only echoes it.
    /// </summary>
    public string ForSlotOf(Dialect dialect) =>
        Owner.Dialect == dialect && Owner.Platform.Length == 0 ? Data : $"{Mark}{Owner}{Separator}{Data}";

    /// <summary>Reads a slot: the owner that the mark names, or the slot's own dialect where there is no mark.</summary>
    public static Signature FromSlotOf(Dialect dialect, string slot)
    {
        var end = slot.StartsWith(Mark, StringComparison.Ordinal) ? slot.IndexOf(Separator, StringComparison.Ordinal) : -1;
        return end > 0 && Owner.TryParse(slot[Mark.Length..end], out var owner)
            ? new Signature(owner, slot[(end + 1)..])
            : new Signature(new Owner(dialect), slot);
    }
}
