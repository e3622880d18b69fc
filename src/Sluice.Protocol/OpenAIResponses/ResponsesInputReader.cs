using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// Reads <c>input</c>. What the model made in one go, such as thoughts, text and calls, are items of their own here and one
/// message of the assistant elsewhere.
/// </summary>
internal sealed class ResponsesInputReader
{
    private readonly List<ChatMessage> _messages = [];
    private List<ContentBlock> _answer = [];

    private ResponsesInputReader()
    {
    }

    /// <summary>A string, which the user says, or an array of items.</summary>
    public static List<ChatMessage> Read(ref JsonCursor cursor)
    {
        var reader = new ResponsesInputReader();
        if (cursor.IsString)
        {
            return [new ChatMessage(Role.User, [new TextBlock(cursor.ReadString())])];
        }

        if (!cursor.IsNull)
        {
            cursor.BeginArray();
            while (cursor.NextItem())
            {
                reader.ReadItem(ref cursor);
            }
        }

        reader.EndAnswer();
        return reader._messages;
    }

    private void ReadItem(ref JsonCursor cursor)
    {
        var type = cursor.PeekType();
        switch (type)
        {
            case "" or "message" when RoleOf(cursor) is var role && role != Role.Assistant:
                EndAnswer();
                _messages.Add(ReadSpoken(ref cursor, role));
                break;
            case "function_call_output":
                AddResult(ReadResult(ref cursor, ToolCallKind.Function));
                break;
            case "custom_tool_call_output":
                AddResult(ReadResult(ref cursor, ToolCallKind.Custom));
                break;
            case var _ when type.EndsWith("_output", StringComparison.Ordinal) || type.EndsWith("_response", StringComparison.Ordinal):
                AddResult(ResponsesItemReader.ReadOpaque(ref cursor, type));
                break;
            default:
                AddToAnswer(ref cursor);
                break;
        }
    }

    private static Role RoleOf(JsonCursor cursor)
    {
        if (!cursor.Find("role"u8))
        {
            throw new WireFormatException("an item must have a 'type' or a 'role'", "input");
        }

        return cursor.ReadString() switch
        {
            "system" => Role.System,
            "developer" => Role.Developer,
            "user" => Role.User,
            "assistant" => Role.Assistant,
            _ => throw new WireFormatException("'role' must be one of system, developer, user and assistant", "input"),
        };
    }

    private static ChatMessage ReadSpoken(ref JsonCursor cursor, Role role)
    {
        var (id, members, content) = ResponsesItemReader.ReadMessageMembers(ref cursor, ResponsesWords.Owner, logprobs: null);
        return new ChatMessage(role, content) { Id = id, Extensions = members };
    }

    private void AddToAnswer(ref JsonCursor cursor)
    {
        var blocks = new List<ContentBlock>();
        ResponsesItemReader.Read(ref cursor, ResponsesWords.Owner, blocks, logprobs: null);
        if (blocks.Count > 0 && _answer.Count > 0 && ResponsesItems.Joins(_answer[^1], blocks[0]))
        {
            // Two message items that nothing else would keep apart.
            EndAnswer();
        }

        _answer.AddRange(blocks);
    }

    private void EndAnswer()
    {
        if (_answer.Count > 0)
        {
            _messages.Add(new ChatMessage(Role.Assistant, _answer));
            _answer = [];
        }
    }

    private void AddResult(ContentBlock result)
    {
        EndAnswer();
        _messages.Add(new ChatMessage(Role.Tool, [result]));
    }

    private static ToolResultBlock ReadResult(ref JsonCursor cursor, ToolCallKind kind)
    {
        var result = new ToolResultBlock("", []) { Kind = kind };
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type":
                    cursor.Skip();
                    break;
                case "id":
                    result = result with { Id = cursor.ReadStringOrNull() };
                    break;
                case "call_id":
                    result = result with { CallId = cursor.ReadString() };
                    break;
                case "output":
                    result = result with { Content = ResponsesPartReader.ReadContent(ref cursor, ResponsesWords.Owner, logprobs: null) };
                    break;
                case "status":
                    ResponsesWords.KeepStatus(ref cursor, extensions, name);
                    break;
                default:
                    ResponsesWords.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return extensions.Count == 0 ? result : result with { Extensions = extensions };
    }
}
