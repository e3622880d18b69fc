using System.Buffers.Binary;
using System.Buffers.Text;

namespace Sluice.Admin.Http;

/// <summary>A place in a list, opaque to clients. Lists go down in position, so that what is added meanwhile comes before the page.</summary>
internal static class Cursor
{
    private const int Size = sizeof(long);

    public static string Format(long position)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, position);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryParse(string text, out long position)
    {
        Span<byte> bytes = stackalloc byte[Size];
        position = 0;
        if (text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size)
        {
            return false;
        }

        position = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return true;
    }
}

/// <summary>A page of a list: <c>{ "data": […], "next_cursor": "…" | null }</c>.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor)
    where T : IListItem
{
    /// <summary>Makes a page of up to one item more than it holds, which tells whether there is a next one.</summary>
    public static Page<T> From(List<T> items, int limit)
    {
        if (items.Count <= limit)
        {
            return new Page<T>(items, null);
        }

        items.RemoveRange(limit, items.Count - limit);
        return new Page<T>(items, Cursor.Format(items[^1].Position));
    }
}
