using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Reads <c>groundingMetadata</c>: what was searched for, the pages that were found, and which parts of the answer rest on
/// them. Google counts in bytes of UTF-8 inside a part.
/// </summary>
internal static class GeminiGrounding
{
    /// <summary>Reads the object.</summary>
    /// <param name="raw">The object.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="texts">The text of each part of the answer; null for a part that is none. One text stands for all parts.</param>
    public static Grounding Read(RawJson raw, Owner owner, IReadOnlyList<string?> texts)
    {
        List<string> queries = [];
        var sources = new List<Source>();
        var supports = new List<Support>();
        var cursor = new JsonCursor(raw.Utf8);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "webSearchQueries" when cursor.IsArray:
                    queries = cursor.ReadStrings();
                    break;
                case "groundingChunks" when cursor.IsArray:
                    GeminiLists.Read(ref cursor, (ref JsonCursor item) => sources.Add(ReadSource(ref item)));
                    break;
                case "groundingSupports" when cursor.IsArray:
                    GeminiLists.Read(ref cursor, (ref JsonCursor item) => supports.Add(ReadSupport(ref item)));
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return new Grounding(owner, raw) { Queries = queries, Citations = CitationsOf(sources, supports, texts, owner) };
    }

    private static List<Citation> CitationsOf(List<Source> sources, List<Support> supports, IReadOnlyList<string?> texts, Owner owner)
    {
        if (supports.Count == 0)
        {
            return [.. sources.Select(source => new Citation(source) { Owner = owner })];
        }

        var citations = new List<Citation>();
        foreach (var support in supports)
        {
            var (start, end) = RangeOf(support, texts);
            citations.AddRange(support.Chunks
                .Where(chunk => chunk >= 0 && chunk < sources.Count)
                .Select(chunk => new Citation(sources[chunk]) { Start = start, End = end, Owner = owner }));
        }

        return [.. citations.OrderBy(citation => citation.Start)];
    }

    private static (int Start, int End) RangeOf(Support support, IReadOnlyList<string?> texts)
    {
        var part = support.Part < texts.Count && texts[support.Part] is not null ? support.Part : texts.TakeWhile(text => text is null).Count();
        var before = texts.Take(part).Sum(text => text is null ? 0 : CountRunes(text, int.MaxValue));
        var here = part < texts.Count ? texts[part]! : "";
        return (before + CountRunes(here, support.Start), before + CountRunes(here, Math.Max(support.End, support.Start)));
    }

    /// <summary>How many Unicode scalar values the first bytes of a text hold.</summary>
    private static int CountRunes(string text, int bytes)
    {
        var count = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length += rune.Utf8SequenceLength;
            if (length > bytes)
            {
                break;
            }

            count++;
        }

        return count;
    }

    private static Source ReadSource(ref JsonCursor cursor)
    {
        var source = new Source(null, null);
        cursor.BeginObject();
        while (cursor.NextMember(out _))
        {
            // The one member says what kind of source it is: web, retrievedContext, maps, image.
            if (cursor.IsObject)
            {
                source = ReadKind(ref cursor, source);
            }
            else
            {
                cursor.Skip();
            }
        }

        return source;
    }

    private static Source ReadKind(ref JsonCursor cursor, Source source)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "uri" or "sourceUri" when cursor.IsString:
                    source = source with { Url = cursor.ReadString() };
                    break;
                case "title" when cursor.IsString:
                    source = source with { Title = cursor.ReadString() };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return source;
    }

    private static Support ReadSupport(ref JsonCursor cursor)
    {
        var support = new Support(0, 0, 0, []);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "segment" when cursor.IsObject:
                    support = ReadSegment(ref cursor, support);
                    break;
                case "groundingChunkIndices" when cursor.IsArray:
                    var chunks = new List<int>();
                    cursor.BeginArray();
                    while (cursor.NextItem())
                    {
                        chunks.Add(cursor.ReadCountOrNull() ?? -1);
                    }

                    support = support with { Chunks = chunks };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return support;
    }

    private static Support ReadSegment(ref JsonCursor cursor, Support support)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "partIndex":
                    support = support with { Part = Math.Max(cursor.ReadCountOrNull() ?? 0, 0) };
                    break;
                case "startIndex":
                    support = support with { Start = Math.Max(cursor.ReadCountOrNull() ?? 0, 0) };
                    break;
                case "endIndex":
                    support = support with { End = Math.Max(cursor.ReadCountOrNull() ?? 0, 0) };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return support;
    }

    /// <summary>A part of the answer and the chunks that it rests on, as Google counts.</summary>
    private sealed record Support(int Part, int Start, int End, IReadOnlyList<int> Chunks);
}
