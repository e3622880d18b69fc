using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Reads the members of a request; <see cref="ResponsesInputReader"/> and <see cref="ResponsesToolReader"/> read what is inside.</summary>
internal sealed class ResponsesRequestReader
{
    private readonly List<Extension> _extensions = [];
    private ChatRequest _request = new();
    private string? _instructions;

    private ResponsesRequestReader()
    {
    }

    public static ChatRequest Read(ref JsonCursor cursor)
    {
        var reader = new ResponsesRequestReader();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            reader.ReadMember(ref cursor, name);
        }

        return reader.ToRequest();
    }

    private ChatRequest ToRequest() => _request with
    {
        Extensions = _extensions,
        Messages = _instructions is null
            ? _request.Messages
            : [new ChatMessage(Role.System, [new TextBlock(_instructions)]) { ThisCallOnly = true }, .. _request.Messages],
    };

    private void ReadMember(ref JsonCursor cursor, string name)
    {
        if (cursor.IsNull)
        {
            return;
        }

        switch (name)
        {
            case "input":
                _request = _request with { Messages = ResponsesInputReader.Read(ref cursor) };
                break;
            case "instructions":
                _instructions = cursor.ReadString();
                break;
            case "tools":
                _request = _request with { Tools = ResponsesToolReader.ReadTools(ref cursor) };
                break;
            case "tool_choice" when ResponsesToolReader.ReadChoice(cursor) is { } choice:
                _request = _request with { ToolChoice = choice };
                cursor.Skip();
                break;
            case "text":
                ReadText(ref cursor);
                break;
            case "reasoning":
                ReadReasoning(ref cursor);
                break;
            case "include":
                ReadInclude(ref cursor);
                break;
            default:
                _request = ReadPlain(ref cursor, name) ?? ReadAccount(ref cursor, name) ?? Kept(ref cursor, name);
                break;
        }
    }

    private ChatRequest Kept(ref JsonCursor cursor, string name)
    {
        ResponsesWords.Keep(ref cursor, _extensions, name);
        return _request;
    }

    private ChatRequest? ReadPlain(ref JsonCursor cursor, string name) => name switch
    {
        "model" => _request with { Model = cursor.ReadString() },
        "stream" => _request with { Stream = cursor.ReadFlagOrNull() ?? false },
        "max_output_tokens" => _request with { MaxOutputTokens = cursor.ReadWholeOrNull() },
        "temperature" => _request with { Sampling = _request.Sampling with { Temperature = cursor.ReadNumberOrNull() } },
        "top_p" => _request with { Sampling = _request.Sampling with { TopP = cursor.ReadNumberOrNull() } },
        "top_logprobs" => _request with { Sampling = _request.Sampling with { TopLogprobs = cursor.ReadCountOrNull() } },
        "parallel_tool_calls" => _request with { ParallelToolCalls = cursor.ReadFlagOrNull() },
        _ => null,
    };

    private ChatRequest? ReadAccount(ref JsonCursor cursor, string name) => name switch
    {
        "store" => _request with { State = _request.State with { Store = cursor.ReadFlagOrNull() } },
        "background" => _request with { State = _request.State with { Background = cursor.ReadFlagOrNull() } },
        "previous_response_id" => _request with { State = _request.State with { PreviousResponseId = cursor.ReadString() } },
        "conversation" => _request with { State = _request.State with { ConversationId = ReadConversation(ref cursor) } },
        "prompt_cache_key" => _request with { Cache = _request.Cache with { Key = cursor.ReadString() } },
        "metadata" => _request with { Metadata = ReadMetadata(ref cursor) },
        "service_tier" when cursor.IsString && ChatWords.ToTier(cursor.ReadString()) is { } tier => _request with { ServiceTier = tier },
        "safety_identifier" or "user" => ReadUser(ref cursor, name),
        _ => null,
    };

    /// <summary>The id, alone or in an object.</summary>
    private static string? ReadConversation(ref JsonCursor cursor)
    {
        if (cursor.IsString)
        {
            return cursor.ReadString();
        }

        var ahead = cursor;
        cursor.Skip();
        return ahead.Find("id"u8) ? ahead.ReadString() : throw new WireFormatException("'conversation' must have an 'id'", "conversation");
    }

    private static List<KeyValuePair<string, string>> ReadMetadata(ref JsonCursor cursor)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            pairs.Add(new KeyValuePair<string, string>(name, cursor.ReadString()));
        }

        return pairs;
    }

    /// <summary>The newer name wins; the older one beside it is kept as it is.</summary>
    private ChatRequest ReadUser(ref JsonCursor cursor, string name)
    {
        var id = cursor.ReadString();
        if (_request.UserId is null)
        {
            return _request with { UserId = id };
        }

        var older = name == "user" ? cursor.ReadRaw() : WireWriting.ToRaw(_request.UserId);
        _extensions.Add(new Extension(ResponsesWords.Owner, "user", older));
        return name == "user" ? _request : _request with { UserId = id };
    }

    private void ReadText(ref JsonCursor cursor)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "verbosity":
                    _request = _request with { Verbosity = cursor.ReadStringOrNull() };
                    break;
                case "format" when cursor.IsObject:
                    _request = _request with { Format = ReadFormat(ref cursor) };
                    break;
                default:
                    ResponsesWords.Keep(ref cursor, _extensions, ResponsesWords.TextMark + name);
                    break;
            }
        }
    }

    private static OutputFormat ReadFormat(ref JsonCursor cursor)
    {
        var format = new OutputFormat(cursor.PeekType() switch
        {
            "text" => OutputFormatKind.Text,
            "json_object" => OutputFormatKind.JsonObject,
            "json_schema" => OutputFormatKind.JsonSchema,
            _ => throw new WireFormatException("'format' must be of the type text, json_object or json_schema", "text.format"),
        });
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "type")
            {
                cursor.Skip();
            }
            else if (!CommonMembers.TryRead(ref cursor, name, ref format))
            {
                ResponsesWords.Keep(ref cursor, extensions, name);
            }
        }

        return format with { Extensions = extensions };
    }

    private void ReadReasoning(ref JsonCursor cursor)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            var reasoning = _request.Reasoning ?? new ReasoningRequest();
            switch (name)
            {
                case "effort" when cursor.IsString && ReasoningEffortNames.Parse(cursor.ReadString()) is { } effort:
                    _request = _request with { Reasoning = reasoning with { Effort = effort } };
                    break;
                // The older name of the summary says the same.
                case "summary" or "generate_summary" when cursor.IsString && ResponsesWords.ToDisplay(cursor.ReadString()) is { } display:
                    _request = _request with { Reasoning = reasoning with { Display = display } };
                    break;
                default:
                    ResponsesWords.Keep(ref cursor, _extensions, ResponsesWords.ReasoningMark + name);
                    break;
            }
        }
    }

    /// <summary>Where a word is not known, the whole list is kept as it is.</summary>
    private void ReadInclude(ref JsonCursor cursor)
    {
        var list = cursor;
        var isKnown = true;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            switch (cursor.ReadString())
            {
                case ResponsesInclude.Logprobs:
                    _request = _request with { Sampling = _request.Sampling with { Logprobs = true } };
                    break;
                case ResponsesInclude.SignedReasoning:
                    _request = _request with { State = _request.State with { SignedReasoning = true } };
                    break;
                default:
                    isKnown = false;
                    break;
            }
        }

        if (!isKnown)
        {
            ResponsesWords.Keep(ref list, _extensions, ResponsesInclude.Name);
        }
    }
}
