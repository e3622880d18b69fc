using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>One item of a delta's <c>tool_calls</c>.</summary>
/// <param name="Index">Which call; null when the vendor does not number them.</param>
/// <param name="Id">The call's id; null except in its first fragment.</param>
/// <param name="Name">The tool's name; null except in the first fragment.</param>
/// <param name="Arguments">A piece of the arguments.</param>
/// <param name="Kind">What the arguments are.</param>
/// <param name="Signature">A thought signature; null when there is none.</param>
internal readonly record struct ChatCallFragment(
    int? Index, string? Id, string? Name, string Arguments, ToolCallKind Kind, Signature? Signature)
{
    public static ChatCallFragment Read(ref JsonCursor cursor, Owner owner)
    {
        var fragment = new ChatCallFragment(null, null, null, "", ToolCallKind.Function, null);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "index":
                    fragment = fragment with { Index = cursor.ReadCountOrNull() };
                    break;
                case "id":
                    fragment = fragment with { Id = cursor.ReadStringOrNull() };
                    break;
                case "function" when cursor.IsObject:
                    fragment = ReadTarget(ref cursor, fragment);
                    break;
                case "custom" when cursor.IsObject:
                    fragment = ReadTarget(ref cursor, fragment) with { Kind = ToolCallKind.Custom };
                    break;
                case "extra_content":
                    fragment = fragment with { Signature = ChatAssistant.ReadThoughtSignature(cursor, owner) };
                    cursor.Skip();
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return fragment;
    }

    private static ChatCallFragment ReadTarget(ref JsonCursor cursor, ChatCallFragment fragment)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "name")
            {
                fragment = fragment with { Name = cursor.ReadStringOrNull() };
            }
            else if (name is "arguments" or "input" && !cursor.IsNull)
            {
                fragment = fragment with { Arguments = cursor.IsObject ? cursor.ReadRaw().ToString() : cursor.ReadString() };
            }
            else
            {
                cursor.Skip();
            }
        }

        return fragment;
    }
}
