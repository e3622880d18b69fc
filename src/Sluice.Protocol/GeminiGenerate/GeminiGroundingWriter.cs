using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Gathers the citations of an answer of another dialect and writes them as <c>groundingMetadata</c>.</summary>
internal sealed class GeminiGroundingWriter
{
    private readonly List<Source> _sources = [];
    private readonly Dictionary<Source, int> _places = [];
    private readonly List<Support> _supports = [];

    /// <summary>Takes a citation of a text.</summary>
    /// <param name="citation">The citation.</param>
    /// <param name="text">The text that its positions count in.</param>
    /// <param name="part">The part of the answer that the text is.</param>
    /// <param name="offset">Bytes of that part before the text.</param>
    public void Add(Citation citation, string text, int part, int offset)
    {
        var start = BytesOf(text, citation.Start ?? 0);
        var end = Math.Max(BytesOf(text, citation.End ?? int.MaxValue), start);
        if (!_places.TryGetValue(citation.Source, out var place))
        {
            _places[citation.Source] = place = _sources.Count;
            _sources.Add(citation.Source);
        }

        var cited = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan(start, end - start));
        _supports.Add(new Support(part, offset + start, offset + end, cited, place));
    }

    /// <summary>Writes what was gathered, or Google's own object; nothing when there is neither.</summary>
    public void Write(Utf8JsonWriter json, Grounding? grounding)
    {
        if (grounding is { Owner.Dialect: Dialect.GeminiGenerate })
        {
            json.WriteRaw("groundingMetadata", grounding.Raw);
            return;
        }

        if (_supports.Count == 0)
        {
            return;
        }

        json.WriteStartObject("groundingMetadata");
        json.WriteStartArray("groundingChunks");
        foreach (var source in _sources)
        {
            WriteSource(json, source);
        }

        json.WriteEndArray();
        json.WriteStartArray("groundingSupports");
        foreach (var support in _supports)
        {
            WriteSupport(json, support);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int BytesOf(string text, int runes)
    {
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (runes-- <= 0)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
        }

        return bytes;
    }

    private static void WriteSource(Utf8JsonWriter json, Source source)
    {
        json.WriteStartObject();
        // A document of the prompt is nowhere on the web.
        json.WriteStartObject(source.Url is null ? "retrievedContext" : "web");
        json.WriteIf("uri", source.Url);
        json.WriteIf("title", source.Title);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSupport(Utf8JsonWriter json, Support support)
    {
        json.WriteStartObject();
        json.WriteStartObject("segment");
        json.WriteIf("partIndex", support.Part > 0 ? (long?)support.Part : null);
        json.WriteNumber("startIndex", support.Start);
        json.WriteNumber("endIndex", support.End);
        json.WriteString("text", support.Text);
        json.WriteEndObject();
        json.WriteStartArray("groundingChunkIndices");
        json.WriteNumberValue(support.Source);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record Support(int Part, int Start, int End, string Text, int Source);
}
