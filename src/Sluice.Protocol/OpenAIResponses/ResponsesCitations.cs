using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Citations of a text part, its <c>annotations</c>.</summary>
internal static class ResponsesCitations
{
    public static List<Citation> Read(ref JsonCursor cursor, Owner owner)
    {
        var citations = new List<Citation>();
        if (!cursor.IsNull)
        {
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                citations.Add(ReadOne(ref cursor, owner));
            }
        }

        return citations;
    }

    /// <summary>Reads one; a kind that is not known is kept for its owner.</summary>
    public static Citation ReadOne(ref JsonCursor cursor, Owner owner)
    {
        _ = cursor.RequireType();
        var ahead = cursor;
        var citation = new Citation(new Source(null, null)) { Owner = owner, Raw = cursor.ReadRaw() };
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            switch (name)
            {
                case "url" when ahead.IsString:
                    citation = citation with { Source = citation.Source with { Url = ahead.ReadString() } };
                    break;
                case "title" or "filename" when ahead.IsString:
                    citation = citation with { Source = citation.Source with { Title = ahead.ReadString() } };
                    break;
                case "start_index":
                    citation = citation with { Start = ahead.ReadCountOrNull() };
                    break;
                case "end_index":
                    citation = citation with { End = ahead.ReadCountOrNull() };
                    break;
                default:
                    ahead.Skip();
                    break;
            }
        }

        return citation;
    }

    /// <summary>Writes one.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="citation">The citation, with positions in its part.</param>
    /// <param name="length">The part's length, for a citation of the whole of it.</param>
    public static void Write(Utf8JsonWriter json, Citation citation, int length)
    {
        if (citation.Owner.Dialect == Dialect.OpenAIResponses && !citation.Raw.IsEmpty)
        {
            json.WriteRaw(citation.Raw);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "url_citation");
        json.WriteNumber("start_index", citation.Start ?? 0);
        json.WriteNumber("end_index", citation.End ?? length);
        json.WriteString("title", citation.Source.Title ?? citation.Source.Url ?? "");
        json.WriteString("url", citation.Source.Url ?? "");
        json.WriteEndObject();
    }

    /// <summary>
    /// The citations of a grounding that belong to one text of an answer, with positions in it. Those of the whole answer
    /// belong to its last text.
    /// </summary>
    /// <param name="grounding">What a search found; positions count from the beginning of the answer.</param>
    /// <param name="offset">Where the text begins in the answer, in Unicode scalar values.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="isLast">True for the answer's last text.</param>
    public static IEnumerable<Citation> Of(Grounding grounding, int offset, int length, bool isLast)
    {
        foreach (var citation in grounding.Citations)
        {
            if (citation.Start is not { } start)
            {
                if (isLast)
                {
                    yield return citation;
                }
            }
            else if (start >= offset && (start < offset + length || isLast))
            {
                yield return citation with { Start = start - offset, End = Math.Clamp((citation.End ?? start) - offset, start - offset, Math.Max(length, start - offset)) };
            }
        }
    }

    /// <summary>The length of a text in Unicode scalar values.</summary>
    public static int LengthOf(string text) => text.Length - text.Count(char.IsLowSurrogate);
}
