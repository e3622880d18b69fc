using System.Text;
using System.Text.Json;

namespace Sluice.Protocol.Canonical;

/// <summary><c>data:</c> URLs (RFC 2397), in which OpenAI's dialects carry files.</summary>
internal static class DataUrl
{
    /// <summary>Takes a URL apart; false when it is none of this kind. What is not base64 becomes it.</summary>
    /// <param name="url">UTF-8.</param>
    /// <param name="mediaType">Without parameters; null when the URL names none.</param>
    /// <param name="base64">A slice of the URL where that is possible.</param>
    public static bool TryParse(ReadOnlyMemory<byte> url, out string? mediaType, out ReadOnlyMemory<byte> base64)
    {
        mediaType = null;
        base64 = default;
        var comma = url.Span.IndexOf((byte)',');
        if (comma < 0 || !url.Span.StartsWith("data:"u8))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(url.Span["data:"u8.Length..comma]).Split(';');
        mediaType = parts[0].Length > 0 ? parts[0] : null;
        var data = url[(comma + 1)..];
        base64 = parts[^1] == "base64" ? data : Encoding.ASCII.GetBytes(Convert.ToBase64String(Unescape(data.Span)));
        return true;
    }

    /// <summary>Writes a member that holds such a URL.</summary>
    public static void Write(Utf8JsonWriter writer, string name, string mediaType, ReadOnlySpan<byte> base64)
    {
        writer.WritePropertyName(name);
        writer.WriteStringValueSegment(Encoding.UTF8.GetBytes($"data:{mediaType};base64,"), isFinalSegment: false);
        writer.WriteStringValueSegment(base64, isFinalSegment: true);
    }

    private static byte[] Unescape(ReadOnlySpan<byte> data) => Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Encoding.UTF8.GetString(data)));
}
