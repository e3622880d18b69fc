using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>
/// Gathers the members of a message, of a request or of an answer: what stands in many members becomes blocks in the order
/// thoughts, content, refusal, sound, tool calls.
/// </summary>
internal sealed class ChatAssistant
{
    private List<ContentBlock>? _calls;
    private List<Extension>? _extensions;
    private List<ContentBlock>? _content;
    private List<Citation>? _citations;
    private string? _reasoning;
    private string? _refusal;
    private MediaBlock? _audio;

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions => _extensions is null ? [] : _extensions;

    /// <summary>Reads the value of one member.</summary>
    public void ReadMember(ref JsonCursor cursor, string name, Owner owner)
    {
        switch (name)
        {
            case "content":
                _content = ChatMessageReader.ReadContent(ref cursor);
                break;
            case "refusal":
                _refusal = cursor.ReadStringOrNull();
                break;
            case ChatWords.ReasoningContent or "reasoning" when cursor.IsString:
                _reasoning ??= cursor.ReadString();
                break;
            case "tool_calls" when cursor.IsArray:
                ReadCalls(ref cursor, owner);
                break;
            case "annotations" when cursor.IsArray:
                _citations = ReadAnnotations(ref cursor, owner);
                break;
            case "audio" when cursor.IsObject:
                _audio = ReadAudio(ref cursor);
                break;
            case ChatWords.ReasoningContent or "reasoning" or "tool_calls" or "annotations" or "audio":
                cursor.Skip();
                break;
            default:
                ChatMessageReader.Keep(ref cursor, _extensions ??= [], name);
                break;
        }
    }

    /// <summary>Everything that was gathered, in order.</summary>
    public List<ContentBlock> ToBlocks()
    {
        var blocks = new List<ContentBlock>();
        if (!string.IsNullOrEmpty(_reasoning))
        {
            blocks.Add(new ReasoningBlock(_reasoning));
        }

        blocks.AddRange(_citations is not null && _content is [TextBlock text] ? [text with { Citations = _citations }] : _content ?? []);
        if (_refusal is not null)
        {
            blocks.Add(new RefusalBlock(_refusal));
        }

        if (_audio is not null)
        {
            blocks.Add(_audio);
        }

        blocks.AddRange(_calls ?? []);
        return blocks;
    }

    private void ReadCalls(ref JsonCursor cursor, Owner owner)
    {
        _calls = [];
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            _calls.Add(ReadCall(ref cursor, owner));
        }
    }

    private static ToolCallBlock ReadCall(ref JsonCursor cursor, Owner owner)
    {
        var call = new ToolCallBlock("", "", default);
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "type":
                case "index":
                    cursor.Skip();
                    break;
                case "id":
                    call = call with { CallId = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "function":
                    call = ReadTarget(ref cursor, call);
                    break;
                case "custom":
                    call = ReadTarget(ref cursor, call) with { Kind = ToolCallKind.Custom };
                    break;
                case "extra_content" when ReadThoughtSignature(cursor, owner) is { } signature:
                    call = call with { Signature = signature };
                    cursor.Skip();
                    break;
                default:
                    ChatMessageReader.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return call.Name.Length == 0 ? throw new WireFormatException("a tool call must name its tool", "tool_calls")
            : extensions.Count == 0 ? call
            : call with { Extensions = extensions };
    }

    private static ToolCallBlock ReadTarget(ref JsonCursor cursor, ToolCallBlock call)
    {
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            call = name switch
            {
                "name" => call with { Name = cursor.ReadString() },
                "arguments" or "input" when cursor.IsString => call with { Arguments = new RawJson(cursor.ReadUtf8()) },
                // Some vendors' clients leave the object unquoted.
                "arguments" when cursor.IsObject => call with { Arguments = cursor.ReadRaw() },
                _ => Skipped(ref cursor, call),
            };
        }

        return call;
    }

    private static ToolCallBlock Skipped(ref JsonCursor cursor, ToolCallBlock call)
    {
        cursor.Skip();
        return call;
    }

    /// <summary>
    /// The place that Google's own Chat endpoint gives a thought signature:
    /// <c>extra_content.google.thought_signature</c> (wire.md §3.5). Null when there is none.
    /// </summary>
    /// <param name="cursor">Stands at the value of <c>extra_content</c>.</param>
    /// <param name="owner">The upstream that answers, to which alone its signature then belongs; without a platform for a client's request.</param>
    public static Signature? ReadThoughtSignature(JsonCursor cursor, Owner owner)
    {
        if (!cursor.IsObject || !cursor.Find("google"u8) || !cursor.IsObject || !cursor.Find("thought_signature"u8) || !cursor.IsString)
        {
            return null;
        }

        var signature = Signature.FromSlotOf(Dialect.GeminiGenerate, cursor.ReadString());
        return owner.Platform.Length > 0 && signature.Owner == new Owner(Dialect.GeminiGenerate) ? signature with { Owner = owner } : signature;
    }

    /// <summary>Reads <c>url_citation</c>s; other kinds are kept with their owner alone.</summary>
    public static List<Citation> ReadAnnotations(ref JsonCursor cursor, Owner owner)
    {
        var citations = new List<Citation>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            citations.Add(ReadAnnotation(ref cursor, owner));
        }

        return citations;
    }

    private static Citation ReadAnnotation(ref JsonCursor cursor, Owner owner)
    {
        _ = cursor.RequireType();
        var ahead = cursor;
        var citation = new Citation(new Source(null, null)) { Owner = owner, Raw = cursor.ReadRaw() };
        if (!ahead.Find("url_citation"u8) || !ahead.IsObject)
        {
            return citation;
        }

        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            switch (name)
            {
                case "url":
                    citation = citation with { Source = citation.Source with { Url = ahead.ReadStringOrNull() } };
                    break;
                case "title":
                    citation = citation with { Source = citation.Source with { Title = ahead.ReadStringOrNull() } };
                    break;
                case "start_index":
                    citation = citation with { Start = ahead.ReadCountOrNull() };
                    break;
                case "end_index":
                    citation = citation with { End = ahead.ReadCountOrNull() };
                    break;
                default:
                    ahead.Skip();
                    break;
            }
        }

        return citation;
    }

    /// <summary>Sound of an answer, or the mention of an earlier one by its id.</summary>
    private static MediaBlock ReadAudio(ref JsonCursor cursor)
    {
        var audio = new MediaBlock(MediaKind.Audio, new InlineMedia(default));
        var extensions = new List<Extension>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "id":
                    audio = audio with { Id = cursor.ReadStringOrNull() };
                    break;
                case "data":
                    audio = audio with { Source = new InlineMedia(cursor.ReadUtf8()) };
                    break;
                case "transcript":
                    audio = audio with { Transcript = cursor.ReadStringOrNull() };
                    break;
                default:
                    ChatMessageReader.Keep(ref cursor, extensions, name);
                    break;
            }
        }

        return audio with { Extensions = extensions, Source = audio is { Id: { } id, Source: InlineMedia { Base64.IsEmpty: true } } ? new FileMedia(ChatWords.Owner, id) : audio.Source };
    }
}
