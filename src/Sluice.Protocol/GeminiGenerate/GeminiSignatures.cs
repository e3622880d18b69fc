using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// The <c>thoughtSignature</c> of a part. Google's SDKs take it for base64, so that the marked signature of another vendor
/// stands in it as base64 too. A thought of Google's own that has no signature carries an empty one, which tells its owner.
/// </summary>
internal static class GeminiSignatures
{
    /// <summary>What Google documents for calls that another model made (wire.md §3.5).</summary>
    public const string None = "skip_thought_signature_validator";

    /// <summary>Another text that Google documents for the same.</summary>
    private const string OtherNone = "context_engineering_is_the_way_to_go";

    private const string RedactedMark = "redacted ";

    // How the base64 of "sluice." and of "redacted sluice." begins: one look tells nearly every foreign slot from Google's own.
    private const string MarkedStart = "c2x1aWNl";
    private const string RedactedStart = "cmVkYWN0ZWQg";

    /// <summary>True when a slot holds nothing that anybody signed.</summary>
    public static bool IsNone(string? slot) => string.IsNullOrEmpty(slot) || slot is None or OtherNone;

    /// <summary>Reads a slot.</summary>
    /// <param name="slot">The slot's text.</param>
    /// <param name="owner">Whose it is when it carries no mark.</param>
    /// <param name="redacted">True when it holds the data of a redacted thought of another vendor.</param>
    public static Signature Read(string slot, Owner owner, out bool redacted)
    {
        redacted = false;
        if (!slot.StartsWith(MarkedStart, StringComparison.Ordinal) && !slot.StartsWith(RedactedStart, StringComparison.Ordinal)
            || !TryDecode(slot, out var marked))
        {
            return new Signature(owner, slot);
        }

        var isRedacted = marked.StartsWith(RedactedMark, StringComparison.Ordinal);
        var signature = Signature.FromSlotOf(Dialect.GeminiGenerate, isRedacted ? marked[RedactedMark.Length..] : marked);
        if (signature.Owner == GeminiWords.Owner)
        {
            return new Signature(owner, slot);
        }

        redacted = isRedacted;
        return signature;
    }

    /// <summary>The text of a slot in an answer; null when there is nothing to say.</summary>
    public static string? ForSlot(Signature? signature, bool redacted = false)
    {
        if (signature is null || (signature.Owner.Dialect == Dialect.GeminiGenerate && signature.Data.Length == 0))
        {
            return null;
        }

        return signature.Owner == GeminiWords.Owner
            ? signature.Data
            : Convert.ToBase64String(Encoding.UTF8.GetBytes((redacted ? RedactedMark : "") + signature.ForSlotOf(Dialect.GeminiGenerate)));
    }

    private static bool TryDecode(string slot, out string text)
    {
        var bytes = new byte[slot.Length];
        var isBase64 = Convert.TryFromBase64String(slot, bytes, out var length);
        text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        return isBase64;
    }
}
