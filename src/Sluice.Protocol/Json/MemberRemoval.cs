namespace Sluice.Protocol.Json;

/// <summary>Finds what must be cut out of an object so that some of its members are gone and the rest stays as it came.</summary>
public static class MemberRemoval
{
    /// <summary>
    /// The places to replace by nothing (<see cref="JsonEdit.ReplaceEach"/>), in the order of the document: each member with
    /// the comma that goes with it. Empty when no such member is there.
    /// </summary>
    /// <param name="body">A body that was peeked at, or that Sluice has written.</param>
    /// <param name="names">The members' names; escapes in the document are undone before they are compared.</param>
    public static JsonSlice[] Find(ReadOnlySpan<byte> body, params ReadOnlySpan<string> names)
    {
        List<JsonSlice>? cuts = null;
        var keptEnd = -1;
        var cutFrom = -1;
        var cutEnd = 0;
        var members = new JsonMembers(body, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            body.Overlaps(members.Name, out var name);
            var start = name - 1;
            if (IsOneOf(members.Name, names))
            {
                cutFrom = cutFrom < 0 ? start : cutFrom;
                cutEnd = members.Slice.Offset + members.Slice.Length;
                continue;
            }

            if (cutFrom >= 0)
            {
                // Up to the next member that stays: the comma between them goes too.
                (cuts ??= []).Add(new JsonSlice(cutFrom, start - cutFrom));
                cutFrom = -1;
            }

            keptEnd = members.Slice.Offset + members.Slice.Length;
        }

        if (cutFrom >= 0)
        {
            // The last ones: the comma before them goes.
            var from = keptEnd >= 0 ? keptEnd : cutFrom;
            (cuts ??= []).Add(new JsonSlice(from, cutEnd - from));
        }

        return cuts is null ? [] : [.. cuts];
    }

    private static bool IsOneOf(ReadOnlySpan<byte> name, ReadOnlySpan<string> names)
    {
        foreach (var one in names)
        {
            if (JsonText.Equals(name, System.Text.Encoding.ASCII.GetBytes(one)))
            {
                return true;
            }
        }

        return false;
    }
}
