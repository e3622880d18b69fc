using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>
/// Names the model of the path in the body, where the dialect has it: Claude's requests on Vertex AI have the model in the
/// path alone, and are ordinary Messages requests otherwise.
/// </summary>
public static class PathModelEdit
{
    /// <summary>
    /// Puts the member right before the first one, so that taking it out again (<see cref="MemberRemoval"/>) gives the client's
    /// very bytes. What is no object is left for the peeker to refuse.
    /// </summary>
    /// <param name="edit">Takes the change.</param>
    /// <param name="body">The body as it came; nothing of it has been checked.</param>
    /// <param name="model">The model's name, decoded.</param>
    public static void Apply(ref JsonEdit edit, ReadOnlySpan<byte> body, string model)
    {
        var start = body.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0 || body[start] != (byte)'{')
        {
            return;
        }

        var next = body[(start + 1)..].TrimStart(" \t\r\n"u8);
        var isEmpty = next.IsEmpty || next[0] == (byte)'}';
        byte[] member = [.. "\"model\":"u8, .. ModelEdit.Token(model)];
        edit.InsertMemberFirst(isEmpty ? start : body.Length - next.Length - 1, isEmpty, member);
    }
}
