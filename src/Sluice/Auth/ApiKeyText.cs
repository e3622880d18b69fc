using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth;

/// <summary>
/// The text of an API key that Sluice makes: <c>sk-sluice-IIIIIIII_RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR_CCCCCC</c>. The prefix lets
/// secret scanners find it, I is shown in lists, R are 190 random bits, and C is a checksum, which tells a typing mistake
/// from an unknown key without a look-up (after GitHub's token format); it proves nothing.
/// </summary>
internal static class ApiKeyText
{
    public const string Prefix = "sk-sluice-";

    private const int IdLength = 8;
    private const int RandomLength = 32;
    private const int ChecksumLength = 6;
    private const int BodyLength = 10 + IdLength + 1 + RandomLength;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>How many characters of a key lists may show.</summary>
    public const int VisibleLength = 10 + IdLength;

    public static string Create()
    {
        var body = Prefix + RandomNumberGenerator.GetString(Base62, IdLength) + "_" + RandomNumberGenerator.GetString(Base62, RandomLength);
        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(body, checksum);
        return string.Concat(body, "_", checksum);
    }

    /// <summary>True for a text with the prefix whose checksum is wrong: it was cut or mistyped, and no key of Sluice's making has it.</summary>
    public static bool IsMistyped(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (text.Length != BodyLength + 1 + ChecksumLength || text[BodyLength] != '_' || !Ascii.IsValid(text))
        {
            return true;
        }

        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(text[..BodyLength], checksum);
        return !text[(BodyLength + 1)..].SequenceEqual(checksum);
    }

    /// <summary>CRC-32C in base 62: 6 digits hold 35 bits.</summary>
    private static void WriteChecksum(ReadOnlySpan<char> body, Span<char> destination)
    {
        var crc = uint.MaxValue;
        foreach (var character in body)
        {
            crc = BitOperations.Crc32C(crc, (byte)character);
        }

        crc = ~crc;
        for (var i = destination.Length - 1; i >= 0; i--)
        {
            destination[i] = Base62[(int)(crc % 62)];
            crc /= 62;
        }
    }
}
