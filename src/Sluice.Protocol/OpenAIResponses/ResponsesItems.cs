using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// How blocks become items: the parts of one message item are a run of blocks with the same id, every other block is an item
/// of its own.
/// </summary>
internal static class ResponsesItems
{
    /// <summary>True for a block that stands inside a message item. An opaque item has an id, if an empty one; an opaque part has none.</summary>
    public static bool IsPart(ContentBlock block) => block is TextBlock or RefusalBlock or OpaqueBlock { Id: null };

    /// <summary>True when the next block is a further part of the message item that the one before it stands in.</summary>
    public static bool Joins(ContentBlock before, ContentBlock next) =>
        IsPart(before) && IsPart(next) && (IsOpaque(before) || IsOpaque(next) || IsSameItem(before, next));

    /// <summary>The blocks parted into items, in order.</summary>
    public static IEnumerable<List<ContentBlock>> Of(IReadOnlyList<ContentBlock> blocks)
    {
        List<ContentBlock> item = [];
        foreach (var block in blocks)
        {
            if (item.Count > 0 && !Joins(item[^1], block))
            {
                yield return item;
                item = [];
            }

            item.Add(block);
        }

        if (item.Count > 0)
        {
            yield return item;
        }
    }

    /// <summary>The id of a message item; null when none of its parts has one.</summary>
    public static string? IdOf(IReadOnlyList<ContentBlock> parts) => parts.Select(part => part.Id).FirstOrDefault(id => id is not null);

    /// <summary>Unmodelled members of a message item.</summary>
    public static IEnumerable<Extension> MembersOf(ContentBlock part) => ResponsesWords.WithMark(part.Extensions, ResponsesWords.MessageMark);

    /// <summary>Unmodelled members of a part itself.</summary>
    public static List<Extension> OwnOf(ContentBlock part) =>
        [.. part.Extensions.Where(extension => !extension.Name.StartsWith(ResponsesWords.MessageMark, StringComparison.Ordinal))];

    private static bool IsOpaque(ContentBlock block) => block is OpaqueBlock;

    private static bool IsSameItem(ContentBlock before, ContentBlock next) =>
        before.Id == next.Id && MembersOf(before).SequenceEqual(MembersOf(next));
}
