using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>What in a request's body bears on the most that it can cost, beside its length.</summary>
/// <remarks>
/// Every short string of the body, name or value, is compared with a table; strings are skipped by blocks, so that a prompt
/// costs little. Escapes are undone first: nothing hides behind them. A text that happens to be one of the words only makes
/// the bound higher than it need be.
/// </remarks>
public readonly struct RequestContent
{
    // The longest word of the table is shorter, also with every character escaped.
    private const int LongestWord = 32;
    private const int LongestEscape = 6;

    private static readonly WordTable Words = new(
        // What the vendor fetches, or remembers.
        (Found.Outside, ["file", "file_id", "file_url", "file_data", "video_url", "document", "container_upload", "previous_response_id", "conversation", "item_reference", "fileData", "fileUri", "file_uri", "cachedContent", "cached_content"]),

        // What it searches, reads or runs on its own side.
        (Found.Outside | Found.ServerTools, ["web_search_options", "search_parameters", "mcp_servers", "googleSearch", "google_search", "googleSearchRetrieval", "google_search_retrieval", "urlContext", "url_context", "googleMaps", "google_maps", "fileSearch", "file_search", "web_search", "code_interpreter", "image_generation", "mcp", "codeExecution", "plugins"]),
        (Found.StoredPrompt, ["prompt"]),
        (Found.Assistant, ["assistant"]),
        (Found.Image, ["image"]),
        (Found.ImageUrl, ["image_url"]),
        (Found.Audio, ["input_audio", "audio"]),
        (Found.Tools, ["tools", "functions"]),
        (Found.Cache, ["cache_control"]),
        (Found.CacheHour, ["1h"]),
        (Found.Prediction, ["prediction"]),
        (Found.NamesTier, ["service_tier", "serviceTier"]),
        (Found.CheapTier, ["default", "flex", "batch", "standard_only", "standard"]),
        (Found.DearTier, ["priority", "auto"]),
        (Found.Fast, ["fast"]));

    private static readonly WordTable Beginnings = new(
        (Found.Outside | Found.ServerTools, ["web_search_", "web_fetch_", "code_execution", "computer_", "tool_search", "memory_"]),
        (Found.Outside, ["application/", "video/"]),
        (Found.ImageType, ["image/"]),
        (Found.Text, ["text/"]),
        (Found.Audio, ["audio/"]));

    private readonly Found _found;

    private RequestContent(Found found, int images, int outside, long imageBytes) =>
        (_found, Images, OutsideReferences, ImageBytes) = (found, images, outside, imageBytes);

    /// <summary>At most how many images there are, in the body or by URL.</summary>
    public int Images { get; }

    /// <summary>How many references there are to content whose length the body does not bound: files, stored conversations, server tools.</summary>
    public int OutsideReferences { get; }

    /// <summary>Bytes of the body that are images in base64, which no vendor counts as text.</summary>
    public long ImageBytes { get; }

    public bool HasTools => (_found & Found.Tools) != 0;

    /// <summary>True when there may be audio.</summary>
    public bool HasAudio => (_found & Found.Audio) != 0;

    /// <summary>True when the vendor may search the web, or call tools of its own, for this request.</summary>
    public bool HasServerTools => (_found & Found.ServerTools) != 0;

    /// <summary>True when parts of the request are marked for the prompt cache (Anthropic).</summary>
    public bool MarksCache => (_found & Found.Cache) != 0;

    /// <summary>True when something asks for an hour's life.</summary>
    public bool MarksCacheHour => (_found & Found.CacheHour) != 0;

    /// <summary>True when the answer is predicted: what was predicted wrongly is billed as output beyond the bound.</summary>
    public bool HasPrediction => (_found & Found.Prediction) != 0;

    /// <summary>True when the request asks for the vendor's standard tier or a cheaper one, so that no dearer one can be billed.</summary>
    public bool PinsTier => (_found & (Found.NamesTier | Found.CheapTier | Found.DearTier)) == (Found.NamesTier | Found.CheapTier);

    /// <summary>True when the request may ask for Anthropic's fast mode.</summary>
    public bool MayBeFast => (_found & Found.Fast) != 0;

    /// <summary>Looks through a body that <see cref="RequestPeeker"/> has let pass.</summary>
    public static RequestContent Read(ReadOnlySpan<byte> body, Operation operation)
    {
        var found = Found.None;
        var (outside, imageBytes) = (0, 0L);
        var (urls, parts, types, inline) = (0, 0, 0, 0);
        Span<byte> plain = stackalloc byte[LongestWord * LongestEscape];
        while (TryReadString(ref body, out var text))
        {
            if (IsImage(text))
            {
                inline++;
                imageBytes += text.Length;
            }

            if (text.Length > plain.Length)
            {
                continue;
            }

            var kind = KindOf(text, plain);
            found |= kind;
            urls += (kind & Found.ImageUrl) != 0 && body.TrimStart(" \t\r\n"u8).StartsWith(":"u8) ? 1 : 0;
            parts += (kind & Found.Image) != 0 ? 1 : 0;
            types += (kind & Found.ImageType) != 0 ? 1 : 0;
            outside += (kind & Found.Outside) != 0 ? 1 : 0;
        }

        // A stored prompt of Responses, and an answer in audio that Chat names by its id.
        outside += (found & Found.StoredPrompt) != 0 && operation.Dialect == Dialect.OpenAIResponses ? 1 : 0;
        outside += (found & (Found.Audio | Found.Assistant)) == (Found.Audio | Found.Assistant) ? 1 : 0;

        // Each dialect has one word that stands once at each image; the others are the same images again.
        var images = Math.Max(Math.Max(urls, parts), Math.Max(types, inline));

        // Only what is nothing but images may be left out of the count: a text in their disguise would be let off.
        var isPlain = outside == 0 && (found & (Found.Text | Found.Audio)) == 0;
        return new RequestContent(found, images, outside, isPlain ? imageBytes : 0);
    }

    private static bool TryReadString(ref ReadOnlySpan<byte> body, out ReadOnlySpan<byte> text)
    {
        text = default;
        var start = body.IndexOf((byte)'"');
        if (start < 0)
        {
            return false;
        }

        body = body[(start + 1)..];
        var escaped = false;
        var end = JsonText.IndexOfQuote(body, ref escaped);
        if (end < 0)
        {
            return false;
        }

        text = body[..end];
        body = body[(end + 1)..];
        return true;
    }

    private static Found KindOf(ReadOnlySpan<byte> text, Span<byte> plain)
    {
        if (text.Contains((byte)'\\'))
        {
            text = plain[..JsonText.Unescape(text, plain)];
        }

        var word = Words.Find(text);
        return word != Found.None ? word : Beginnings.FindBeginning(text);
    }

    /// <summary>A data URL of an image, or the first bytes of a JPEG, PNG, GIF or WebP in base64.</summary>
    private static bool IsImage(ReadOnlySpan<byte> text) =>
        text.StartsWith("data:image/"u8) || text.StartsWith("/9j/"u8) || text.StartsWith("iVBORw0KGgo"u8)
        || text.StartsWith("R0lGOD"u8) || text.StartsWith("UklGR"u8);

    [Flags]
    private enum Found
    {
        None = 0,
        Outside = 1,
        ServerTools = 1 << 1,
        StoredPrompt = 1 << 2,
        Assistant = 1 << 3,
        Image = 1 << 4,
        ImageUrl = 1 << 5,
        ImageType = 1 << 6,
        Audio = 1 << 7,
        Text = 1 << 8,
        Tools = 1 << 9,
        Cache = 1 << 10,
        CacheHour = 1 << 11,
        Prediction = 1 << 12,
        NamesTier = 1 << 13,
        CheapTier = 1 << 14,
        DearTier = 1 << 15,
        Fast = 1 << 16,
    }

    /// <summary>Words by their length, which most strings of a body share with none.</summary>
    private sealed class WordTable
    {
        private readonly (byte[] Word, Found Found)[][] _byLength;
        private readonly (byte[] Word, Found Found)[] _all;

        public WordTable(params (Found Found, string[] Words)[] rows)
        {
            _all = [.. rows.SelectMany(row => row.Words.Distinct().Select(word => (Encoding.ASCII.GetBytes(word), row.Found)))];
            _byLength = [.. Enumerable.Range(0, LongestWord).Select(length => _all.Where(entry => entry.Word.Length == length).ToArray())];
        }

        public Found Find(ReadOnlySpan<byte> text)
        {
            if (text.Length >= _byLength.Length)
            {
                return Found.None;
            }

            foreach (var (word, found) in _byLength[text.Length])
            {
                if (text.SequenceEqual(word))
                {
                    return found;
                }
            }

            return Found.None;
        }

        public Found FindBeginning(ReadOnlySpan<byte> text)
        {
            foreach (var (word, found) in _all)
            {
                if (text.StartsWith(word))
                {
                    return found;
                }
            }

            return Found.None;
        }
    }
}
