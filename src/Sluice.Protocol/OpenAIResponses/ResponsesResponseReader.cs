using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Reads a <c>response</c>, alone or inside an event.</summary>
internal sealed class ResponsesResponseReader
{
    private readonly Owner _owner;
    private readonly List<Extension> _extensions = [];
    private readonly List<ContentBlock> _content = [];
    private readonly List<TokenLogprob> _logprobs = [];
    private ChatResponse _response = new();
    private string _status = "";
    private string _reason = "";
    private string? _failure;
    private bool _hasOutput;

    private ResponsesResponseReader(Owner owner) => _owner = owner;

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="ReportedFailureException">It says that it failed.</exception>
    /// <exception cref="WireFormatException">It has no output.</exception>
    public static ChatResponse Read(ref JsonCursor cursor, Owner owner)
    {
        var reader = ReadMembers(ref cursor, owner);
        if (reader._failure is { } code)
        {
            throw new ReportedFailureException(code);
        }

        return reader._hasOutput ? reader.ToResponse() : throw new WireFormatException("it has no output", "output");
    }

    /// <summary>Reads a response of a stream, which may hold less; a failure is told and not thrown.</summary>
    public static ChatResponse Read(ref JsonCursor cursor, Owner owner, out string? failure)
    {
        var reader = ReadMembers(ref cursor, owner);
        failure = reader._failure;
        return reader.ToResponse();
    }

    /// <summary>The code of an error object, or else its type; empty when it has neither.</summary>
    public static string ReadErrorCode(JsonCursor cursor)
    {
        var code = cursor;
        return cursor.IsObject && code.Find("code"u8) && code.IsString ? code.ReadString() : cursor.IsObject ? cursor.PeekType() : "";
    }

    private static ResponsesResponseReader ReadMembers(ref JsonCursor cursor, Owner owner)
    {
        var reader = new ResponsesResponseReader(owner);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            reader.ReadMember(ref cursor, name);
        }

        return reader;
    }

    private ChatResponse ToResponse() => _response with
    {
        Choices = [new ChatChoice(0, _content, ResponsesWords.ToFinish(_status, _reason)) { Logprobs = _logprobs }],
        Extensions = _extensions,
    };

    private void ReadMember(ref JsonCursor cursor, string name)
    {
        switch (name)
        {
            case "object":
                cursor.Skip();
                break;
            case "id":
                _response = _response with { Id = cursor.ReadStringOrNull() ?? "" };
                break;
            case "model":
                _response = _response with { Model = cursor.ReadStringOrNull() ?? "" };
                break;
            case "created_at":
                _response = _response with { Created = cursor.ReadWholeOrNull() };
                break;
            case "status" when cursor.IsString:
                _status = cursor.ReadString();
                break;
            case "incomplete_details" when cursor.IsObject:
                ReadReason(ref cursor);
                break;
            case "error" when !cursor.IsNull:
                _failure = ReadErrorCode(cursor);
                cursor.Skip();
                break;
            case "usage" when cursor.IsObject:
                _response = _response with { Usage = ResponsesUsage.Read(ref cursor, _extensions) ?? _response.Usage };
                break;
            case "service_tier" when cursor.IsString && ChatWords.ToTier(cursor.ReadString()) is { } tier:
                _response = _response with { ServiceTier = tier };
                break;
            case "output" when cursor.IsArray:
                ReadOutput(ref cursor);
                break;
            case "status" or "incomplete_details" or "error" or "usage" or "output":
                cursor.Skip();
                break;
            default:
                ResponsesWords.Keep(ref cursor, _extensions, name);
                break;
        }
    }

    private void ReadReason(ref JsonCursor cursor)
    {
        var ahead = cursor;
        cursor.Skip();
        _reason = ahead.Find("reason"u8) && ahead.IsString ? ahead.ReadString() : "";
    }

    private void ReadOutput(ref JsonCursor cursor)
    {
        _hasOutput = true;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            ResponsesItemReader.Read(ref cursor, _owner, _content, _logprobs);
        }
    }
}
