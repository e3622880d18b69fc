using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// Citations of a text block. They rest on the whole block and point into the source, so that other dialects only learn
/// which source it is.
/// </summary>
internal static class AnthropicCitations
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

    public static Citation ReadOne(ref JsonCursor cursor, Owner owner)
    {
        _ = cursor.RequireType();
        var ahead = cursor;
        var quote = cursor;
        var raw = cursor.ReadRaw();
        return new Citation(ReadSource(ref ahead))
        {
            Quote = quote.Find("cited_text"u8) ? quote.ReadStringOrNull() : null,
            Owner = owner,
            Raw = raw,
        };
    }

    /// <summary>The page or document that an object names.</summary>
    public static Source ReadSource(ref JsonCursor cursor)
    {
        var source = new Source(null, null);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "url" or "source" when cursor.IsString:
                    source = source with { Url = cursor.ReadString() };
                    break;
                case "title" or "document_title" when cursor.IsString:
                    source = source with { Title = cursor.ReadString() };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return source;
    }

    public static void Write(Utf8JsonWriter json, Citation citation)
    {
        if (citation.Owner.Dialect == Dialect.AnthropicMessages && !citation.Raw.IsEmpty)
        {
            json.WriteRaw(citation.Raw);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "web_search_result_location");
        json.WriteString("url", citation.Source.Url ?? "");
        json.WriteStringOrNull("title", citation.Source.Title);
        json.WriteString("cited_text", citation.Quote ?? "");
        // Required, and opaque to clients; only Anthropic could fill it.
        json.WriteString("encrypted_index", "");
        json.WriteEndObject();
    }
}
