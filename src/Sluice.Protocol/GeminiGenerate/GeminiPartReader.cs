using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Reads one part. What a part is, its members say together and in any order: the data, whether it is a thought, and the
/// signature. What is not known is opaque.
/// </summary>
internal sealed class GeminiPartReader
{
    private static readonly TextBlock Nothing = new("");

    private readonly Owner _owner;
    private List<Extension>? _extensions;
    private ContentBlock? _content;
    private string _type = "";
    private string? _slot;
    private bool? _looksClosely;
    private bool _isThought;

    private GeminiPartReader(Owner owner) => _owner = owner;

    /// <summary>Takes members that the model does not know; most parts have none.</summary>
    private List<Extension> Unknown => _extensions ??= new List<Extension>(1);

    /// <summary>Reads a part.</summary>
    /// <param name="cursor">Stands on the part.</param>
    /// <param name="owner">Whose the signatures are that carry no mark.</param>
    public static ContentBlock Read(ref JsonCursor cursor, Owner owner)
    {
        var whole = cursor;
        cursor.BeginObject();
        if (!cursor.NextMember(out var name))
        {
            return Nothing;
        }

        var part = new GeminiPartReader(owner);
        do
        {
            part.ReadMember(ref cursor, name);
        }
        while (cursor.NextMember(out name));
        return part.ToBlock(ref whole);
    }

    private void ReadMember(ref JsonCursor cursor, string name)
    {
        switch (GeminiNames.Camel(name))
        {
            case "text" when cursor.IsString:
                Take(name, new TextBlock(cursor.ReadString()));
                break;
            case "thought":
                _isThought = cursor.ReadFlagOrNull() ?? false;
                break;
            case "thoughtSignature":
                _slot = cursor.ReadStringOrNull();
                break;
            case "functionCall" when cursor.IsObject:
                Take(name, GeminiFunctionReader.ReadCall(ref cursor, Unknown));
                break;
            case "functionResponse" when cursor.IsObject:
                Take(name, GeminiFunctionReader.ReadResult(ref cursor, Unknown));
                break;
            case "inlineData" when cursor.IsObject:
                Take(name, GeminiMedia.ReadInline(ref cursor, Unknown));
                break;
            case "fileData" when cursor.IsObject:
                Take(name, GeminiMedia.ReadFile(ref cursor, Unknown));
                break;
            case "executableCode" or "toolCall" when cursor.IsObject:
                Take(name, ReadServerCall(ref cursor));
                break;
            case "codeExecutionResult" or "toolResponse" when cursor.IsObject:
                Take(name, ReadServerResult(ref cursor));
                break;
            case "mediaResolution" when LooksClosely(cursor) is { } looksClosely:
                cursor.Skip();
                _looksClosely = looksClosely;
                break;
            case "text" or "functionCall" or "functionResponse" or "inlineData" or "fileData":
                if (!cursor.IsNull)
                {
                    throw cursor.Wrong(name == "text" ? "a string" : "an object");
                }

                break;
            default:
                _type = _type.Length == 0 ? name : _type;
                GeminiNames.Keep(ref cursor, Unknown, name);
                break;
        }
    }

    private void Take(string type, ContentBlock content)
    {
        _type = type;
        _content = content;
    }

    private ContentBlock ToBlock(ref JsonCursor whole)
    {
        var extensions = _extensions ?? (IReadOnlyList<Extension>)Array.Empty<Extension>();
        var redacted = false;
        var signature = GeminiSignatures.IsNone(_slot) ? null : GeminiSignatures.Read(_slot!, _owner, out redacted);
        switch (_content)
        {
            case ServerToolCallBlock call:
                return call with { Raw = whole.ReadRaw() };
            case ServerToolResultBlock result:
                return result with { Raw = whole.ReadRaw() };
            case TextBlock text when _isThought:
                return new ReasoningBlock(text.Text)
                {
                    Signature = signature ?? new Signature(_owner, ""),
                    Redacted = redacted,
                    Extensions = extensions,
                };
            case null when extensions.Count == 0:
                return new TextBlock("") { Signature = signature };
            case null:
                return new OpaqueBlock(_owner, _type, whole.ReadRaw());
            case not null when _isThought:
                // Such as the sketches of a picture, which are not the answer.
                return new OpaqueBlock(_owner, $"thought {_type}", whole.ReadRaw());
            case MediaBlock media:
                return media with { Detail = _looksClosely switch { true => "high", false => "low", null => null }, Signature = signature, Extensions = extensions };
            default:
                return signature is null && extensions.Count == 0 ? _content : _content with { Signature = signature, Extensions = extensions };
        }
    }

    private ServerToolCallBlock ReadServerCall(ref JsonCursor cursor)
    {
        var ahead = cursor;
        cursor.Skip();
        var call = new ServerToolCallBlock(_owner, "", ServerToolKind.CodeExecution, default);
        var input = ahead;
        call = call with { Input = input.ReadRaw() };
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "id" when ahead.IsString:
                    call = call with { CallId = ahead.ReadString() };
                    break;
                case "toolType" when ahead.IsString:
                    call = call with { Tool = GeminiWords.KindOfCall(ahead.ReadString()) };
                    break;
                case "args" when ahead.IsObject:
                    call = call with { Input = ahead.ReadRaw() };
                    break;
                default:
                    ahead.Skip();
                    break;
            }
        }

        return call;
    }

    private ServerToolResultBlock ReadServerResult(ref JsonCursor cursor)
    {
        var ahead = cursor;
        cursor.Skip();
        var result = new ServerToolResultBlock(_owner, "", ServerToolKind.CodeExecution, default);
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "id" when ahead.IsString:
                    result = result with { CallId = ahead.ReadString() };
                    break;
                case "toolType" when ahead.IsString:
                    result = result with { Tool = GeminiWords.KindOfCall(ahead.ReadString()) };
                    break;
                default:
                    ahead.Skip();
                    break;
            }
        }

        return result;
    }

    /// <summary>How closely to look, where the member says nothing else; the cursor stays where it is.</summary>
    private static bool? LooksClosely(JsonCursor cursor)
    {
        if (!cursor.IsObject)
        {
            return null;
        }

        bool? looksClosely = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name != "level" || !cursor.IsString)
            {
                return null;
            }

            looksClosely = cursor.ReadString() switch
            {
                "MEDIA_RESOLUTION_LOW" => false,
                "MEDIA_RESOLUTION_HIGH" => true,
                _ => null,
            };
        }

        return looksClosely;
    }
}
