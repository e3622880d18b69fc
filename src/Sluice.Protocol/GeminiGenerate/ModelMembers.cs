using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// The model names that Gemini's bodies repeat: the vendor refuses a body that names another model than the path does, and
/// the path is what permissions are checked against.
/// </summary>
public static class ModelMembers
{
    private static ReadOnlySpan<byte> Prefix => "models/"u8;

    /// <summary>The JSON string that such a member holds: <c>"models/NAME"</c>, quotes and escapes included.</summary>
    public static byte[] Token(string model)
        => ModelEdit.Token(model.StartsWith("models/", StringComparison.Ordinal) ? model : $"models/{model}");

    /// <summary>The members that do not name this model, with the prefix or without it, in the order of the document.</summary>
    /// <param name="body">A body that was peeked at.</param>
    /// <param name="operation">One whose <see cref="Operation.RepeatsModel"/> is true.</param>
    /// <param name="token">What <see cref="Token"/> made.</param>
    public static JsonSlice[] FindOther(ReadOnlySpan<byte> body, Operation operation, ReadOnlySpan<byte> token)
    {
        var found = new List<JsonSlice>();
        var name = Plain(token);
        var members = new JsonMembers(body, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (IsOther(members.Name, members.Value, name))
            {
                found.Add(members.Slice);
            }
            else if (operation == Operation.BatchEmbedContents && JsonText.Equals(members.Name, "requests"u8))
            {
                AddFromEach(found, body, members.Slice, name);
            }
            else if (operation == Operation.GeminiCountTokens
                && (JsonText.Equals(members.Name, "generateContentRequest"u8) || JsonText.Equals(members.Name, "generate_content_request"u8)))
            {
                AddFrom(found, body, members.Slice, name);
            }
        }

        return [.. found];
    }

    private static void AddFromEach(List<JsonSlice> found, ReadOnlySpan<byte> body, JsonSlice list, ReadOnlySpan<byte> name)
    {
        var elements = new JsonElements(list.Of(body), stackalloc ulong[JsonMembers.StackWords]);
        while (elements.Next())
        {
            AddFrom(found, body, elements.Slice with { Offset = list.Offset + elements.Slice.Offset }, name);
        }
    }

    private static void AddFrom(List<JsonSlice> found, ReadOnlySpan<byte> body, JsonSlice request, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(request.Of(body), stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (IsOther(members.Name, members.Value, name))
            {
                found.Add(members.Slice with { Offset = request.Offset + members.Slice.Offset });
            }
        }
    }

    private static bool IsOther(ReadOnlySpan<byte> member, ReadOnlySpan<byte> value, ReadOnlySpan<byte> name)
        => JsonText.Equals(member, "model"u8) && value[0] == (byte)'"'
            && !JsonText.Equals(JsonText.Contents(value), name)
            && !JsonText.Equals(JsonText.Contents(value), name[Prefix.Length..]);

    private static byte[] Plain(ReadOnlySpan<byte> token)
    {
        var contents = JsonText.Contents(token);
        var plain = new byte[contents.Length];
        return plain[..JsonText.Unescape(contents, plain)];
    }
}
