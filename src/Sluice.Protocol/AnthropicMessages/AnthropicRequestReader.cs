using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Reads the members of a request; the blocks of its messages read <see cref="AnthropicBlockReader"/>.</summary>
internal static class AnthropicRequestReader
{
    public static ChatRequest Read(ref JsonCursor cursor)
    {
        var request = new ChatRequest();
        var extensions = new List<Extension>();
        List<ContentBlock> system = [];
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "system":
                    system = AnthropicBlockReader.ReadContent(ref cursor, AnthropicWords.Owner);
                    break;
                case "thinking" when IsKnownThinking(cursor):
                    request = request with { Reasoning = ReadThinking(ref cursor, request.Reasoning ?? new ReasoningRequest()) };
                    break;
                case "output_config" when !cursor.IsNull:
                    request = ReadOutputConfig(ref cursor, request, extensions);
                    break;
                case "tool_choice" when !cursor.IsNull:
                    request = ReadChoice(ref cursor, request);
                    break;
                case "metadata" when !cursor.IsNull:
                    request = ReadMetadata(ref cursor, request, extensions);
                    break;
                case "service_tier" when cursor.IsString:
                    request = request with { ServiceTier = cursor.ReadString() == "auto" ? ServiceLevel.Auto : ServiceLevel.Standard };
                    break;
                default:
                    request = ReadPlain(ref cursor, request, name) ?? Keep(ref cursor, request, extensions, name);
                    break;
            }
        }

        return request with
        {
            Extensions = extensions,
            Messages = system.Count == 0 ? request.Messages : [new ChatMessage(Role.System, system), .. request.Messages],
        };
    }

    private static ChatRequest? ReadPlain(ref JsonCursor cursor, ChatRequest request, string name) => name switch
    {
        "model" => request with { Model = cursor.ReadString() },
        "messages" => request with { Messages = ReadMessages(ref cursor) },
        "max_tokens" => request with { MaxOutputTokens = cursor.ReadWholeOrNull() },
        "stream" => request with { Stream = cursor.ReadFlagOrNull() ?? false },
        "tools" => request with { Tools = AnthropicToolReader.ReadTools(ref cursor) },
        "stop_sequences" => request with { Stop = cursor.ReadStrings() },
        "temperature" => request with { Sampling = request.Sampling with { Temperature = cursor.ReadNumberOrNull() } },
        "top_p" => request with { Sampling = request.Sampling with { TopP = cursor.ReadNumberOrNull() } },
        "top_k" => request with { Sampling = request.Sampling with { TopK = cursor.ReadWholeOrNull() } },
        "cache_control" => request with { Cache = request.Cache with { Automatic = AnthropicWords.ReadMark(ref cursor) } },
        _ => null,
    };

    private static ChatRequest Keep(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions, string name)
    {
        AnthropicWords.Keep(ref cursor, extensions, name);
        return request;
    }

    private static List<ChatMessage> ReadMessages(ref JsonCursor cursor)
    {
        var messages = new List<ChatMessage>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            ReadMessage(ref cursor, messages);
        }

        return messages;
    }

    private static void ReadMessage(ref JsonCursor cursor, List<ChatMessage> messages)
    {
        Role? role = null;
        List<ContentBlock> content = [];
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "role":
                    role = RoleOf(ref cursor);
                    break;
                case "content":
                    content = AnthropicBlockReader.ReadContent(ref cursor, AnthropicWords.Owner);
                    break;
                default:
                    AnthropicWords.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        if (role == Role.User)
        {
            AddTurn(content, extensions, messages);
        }
        else
        {
            messages.Add(new ChatMessage(role ?? throw new WireFormatException("a message must have a 'role'", "messages"), content) { Extensions = extensions });
        }
    }

    private static Role RoleOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "user" => Role.User,
        "assistant" => Role.Assistant,
        "system" => Role.System,
        _ => throw cursor.Wrong("one of user, assistant and system"),
    };

    /// <summary>Parts a user's turn into results of tools and what the user says, in order.</summary>
    private static void AddTurn(List<ContentBlock> content, List<Extension> extensions, List<ChatMessage> messages)
    {
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

    private static bool IsKnownThinking(JsonCursor cursor) => cursor.IsObject && cursor.PeekType() is "enabled" or "adaptive" or "disabled";

    private static ReasoningRequest ReadThinking(ref JsonCursor cursor, ReasoningRequest reasoning)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type":
                    var type = cursor.ReadString();
                    reasoning = reasoning with { Adaptive = type == "adaptive", Disabled = type == "disabled" };
                    break;
                case "budget_tokens":
                    reasoning = reasoning with { BudgetTokens = cursor.ReadWholeOrNull() };
                    break;
                case "display" when cursor.IsString:
                    reasoning = reasoning with { Display = cursor.ReadString() == "omitted" ? ReasoningDisplay.Hidden : ReasoningDisplay.Auto };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return reasoning;
    }

    private static ChatRequest ReadOutputConfig(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "effort" when cursor.IsString && ReasoningEffortNames.Parse(cursor.ReadString()) is { } effort:
                    request = request with { Reasoning = (request.Reasoning ?? new ReasoningRequest()) with { Effort = effort } };
                    break;
                case "format" when cursor.IsObject:
                    request = request with { Format = ReadFormat(ref cursor) };
                    break;
                default:
                    AnthropicWords.Keep(ref cursor, extensions, $"{AnthropicRequestWriter.OutputConfigMark}{name}");
                    break;
            }
        }

        return request;
    }

    private static OutputFormat ReadFormat(ref JsonCursor cursor)
    {
        var format = new OutputFormat(OutputFormatKind.JsonSchema);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "schema")
            {
                format = format with { Schema = cursor.ReadRaw() };
            }
            else
            {
                cursor.Skip();
            }
        }

        return format;
    }

    private static ChatRequest ReadChoice(ref JsonCursor cursor, ChatRequest request)
    {
        var mode = ToolChoiceMode.Auto;
        string? tool = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type":
                    mode = ModeOf(ref cursor);
                    break;
                case "name":
                    tool = cursor.ReadStringOrNull();
                    break;
                case "disable_parallel_tool_use":
                    request = request with { ParallelToolCalls = !cursor.ReadFlagOrNull() };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return mode == ToolChoiceMode.Named && tool is null
            ? throw new WireFormatException("'tool_choice' must name a tool", "tool_choice")
            : request with { ToolChoice = new ToolChoice(mode) { Name = mode == ToolChoiceMode.Named ? tool : null } };
    }

    private static ToolChoiceMode ModeOf(ref JsonCursor cursor) => cursor.ReadString() switch
    {
        "auto" => ToolChoiceMode.Auto,
        "any" => ToolChoiceMode.Required,
        "tool" => ToolChoiceMode.Named,
        "none" => ToolChoiceMode.None,
        _ => throw cursor.Wrong("one of auto, any, tool and none"),
    };

    private static ChatRequest ReadMetadata(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "user_id")
            {
                request = request with { UserId = cursor.ReadStringOrNull() };
            }
            else
            {
                AnthropicWords.Keep(ref cursor, extensions, $"{AnthropicRequestWriter.MetadataMark}{name}");
            }
        }

        return request;
    }
}
