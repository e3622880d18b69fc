using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes citations as <c>annotations</c>.</summary>
internal static class ChatAnnotations
{
    /// <summary>Writes one citation.</summary>
    /// <param name="json">Stands in the array.</param>
    /// <param name="citation">The citation.</param>
    /// <param name="offset">Where the citation's text begins in the whole content, in Unicode scalar values.</param>
    /// <param name="end">Where it ends there, for a citation of the whole text.</param>
    public static void Write(Utf8JsonWriter json, Citation citation, int offset, int end)
    {
        if (citation.Owner.Dialect == Dialect.OpenAIChat && !citation.Raw.IsEmpty)
        {
            json.WriteRaw(citation.Raw);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "url_citation");
        json.WriteStartObject("url_citation");
        json.WriteNumber("start_index", citation.Start is { } from ? offset + from : offset);
        json.WriteNumber("end_index", citation.End is { } to ? offset + to : end);
        json.WriteString("title", citation.Source.Title ?? citation.Source.Url ?? "");
        json.WriteString("url", citation.Source.Url ?? "");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The length of a text in Unicode scalar values.</summary>
    public static int LengthOf(string text)
    {
        var length = text.Length;
        foreach (var unit in text)
        {
            length -= char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return length;
    }
}
