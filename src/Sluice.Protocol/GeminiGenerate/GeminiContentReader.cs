using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads <c>contents</c> and <c>systemInstruction</c>.</summary>
internal static class GeminiContentReader
{
    /// <summary>Reads the conversation.</summary>
    public static List<ChatMessage> ReadTurns(ref JsonCursor cursor)
    {
        var messages = new List<ChatMessage>();
        GeminiLists.Read(ref cursor, (ref JsonCursor turn) => AddTurn(Read(ref turn, GeminiWords.Owner), messages));
        return GeminiIds.Fill(messages);
    }

    /// <summary>Reads one turn. A turn that names no speaker is the user's.</summary>
    public static ChatMessage Read(ref JsonCursor cursor, Owner owner)
    {
        var role = Role.User;
        var parts = new List<ContentBlock>();
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "role" when !cursor.IsNull:
                    role = RoleOf(ref cursor);
                    break;
                case "parts":
                    GeminiLists.Read(ref cursor, (ref JsonCursor part) => parts.Add(GeminiPartReader.Read(ref part, owner)));
                    break;
                default:
                    GeminiNames.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return new ChatMessage(role, parts) { Extensions = extensions };
    }

    private static Role RoleOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "user" or "function" or "tool" or "" => Role.User,
        "model" => Role.Assistant,
        "system" => Role.System,
        _ => throw cursor.Wrong("one of user and model"),
    };

    /// <summary>Parts a user's turn into results of tools and what the user says, in order.</summary>
    private static void AddTurn(ChatMessage turn, List<ChatMessage> messages)
    {
        if (turn.Role != Role.User)
        {
            messages.Add(turn);
            return;
        }

        var content = (List<ContentBlock>)turn.Content;
        var extensions = turn.Extensions;
        var from = 0;
        while (from < content.Count)
        {
            var isResult = content[from] is ToolResultBlock;
            var to = content.FindIndex(from, block => block is ToolResultBlock != isResult);
            to = to < 0 ? content.Count : to;
            messages.Add(new ChatMessage(isResult ? Role.Tool : Role.User, content[from..to]) { Extensions = extensions });
            extensions = [];
            from = to;
        }
    }
}
