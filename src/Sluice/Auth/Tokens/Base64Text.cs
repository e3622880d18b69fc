using System.Buffers.Text;

namespace Sluice.Auth.Tokens;

/// <summary>Base64url as JOSE writes it: no padding, and no second spelling of the same bytes.</summary>
internal static class Base64Text
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>The bytes; null when the text is no base64url, is padded, or is not how <see cref="Encode"/> spells them.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny("= \r\n\t") || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        return text.SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : null;
    }
}
