using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Lists, for one item of which Google also takes the item itself.</summary>
internal static class GeminiLists
{
    /// <summary>Reads the item on which a cursor stands.</summary>
    public delegate void ReadItem(ref JsonCursor cursor);

    /// <summary>Reads every item of an array, an object as the only one, or nothing for <c>null</c>.</summary>
    public static void Read(ref JsonCursor cursor, ReadItem read)
    {
        if (cursor.IsObject)
        {
            read(ref cursor);
        }
        else if (!cursor.IsNull)
        {
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                read(ref cursor);
            }
        }
    }
}
