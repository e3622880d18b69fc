using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes the inside of one choice's chunks.</summary>
internal sealed class ChatChoiceWriter(WriteContext context)
{
    /// <summary>Stands for the chunk that names the speaker.</summary>
    public static readonly StreamEvent Role = new MessageStart();

    private readonly ToolCallIds _ids = new(ToolCallIds.LongestInChat);
    private readonly List<Citation> _citations = [];
    private ContentBlock _open = new TextBlock("");
    private int _calls;
    private int _offset;
    private int _blockOffset;
    private int _lastPart = -1;

    /// <summary>True when an event of a block has something to say in Chat.</summary>
    public bool Takes(BlockEvent block) => block switch
    {
        BlockStart start => Begin(start.Content),
        SignatureDelta signature => _open is ToolCallBlock && signature.Signature.Owner.Dialect == Dialect.GeminiGenerate,
        CitationDelta citation => Keep(citation.Citation),
        BlockStop => _citations.Count > 0,
        TextDelta text => text.Text.Length > 0,
        _ => true,
    };

    /// <summary>Writes the members of a choice besides its index.</summary>
    public void Write(Utf8JsonWriter json, StreamEvent streamEvent)
    {
        json.WriteStartObject("delta");
        WriteDelta(json, streamEvent);
        json.WriteEndObject();
        ChatLogprobs.Write(json, streamEvent is LogprobsFound found ? found.Tokens : []);
        var finish = streamEvent as ChoiceFinish;
        json.WriteStringOrNull("finish_reason", finish is null ? null : ChatWords.FromFinish(finish.Finish));
        json.WriteExtensions(finish?.Extensions ?? [], context.Target);
    }

    private bool Begin(ContentBlock content)
    {
        _open = content;
        _blockOffset = _offset;
        _lastPart = -1;
        switch (content)
        {
            case ServerToolCallBlock call:
                context.Report.Drop(ChatLoss.NameOf(call.Tool));
                return false;
            case OpaqueBlock opaque when !IsOwnAudio(opaque):
                context.Report.Drop(opaque.Type);
                return false;
            default:
                return content is ToolCallBlock or OpaqueBlock or MediaBlock { Kind: MediaKind.Image, Source: InlineMedia or UrlMedia };
        }
    }

    private static bool IsOwnAudio(OpaqueBlock opaque) => opaque is { Type: "audio", Owner.Dialect: Dialect.OpenAIChat };

    /// <summary>Citations wait for the end of their text, because those of a whole text need its length.</summary>
    private bool Keep(Citation citation)
    {
        _citations.Add(citation);
        return false;
    }

    private void WriteDelta(Utf8JsonWriter json, StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case MessageStart:
                json.WriteString("role", "assistant");
                json.WriteString("content", "");
                json.WriteNull("refusal");
                break;
            case BlockStart start:
                WriteStart(json, start.Content);
                break;
            case TextDelta text:
                json.WriteString(MemberOf(_open), text.Text);
                _offset += _open is TextBlock ? ChatAnnotations.LengthOf(text.Text) : 0;
                break;
            case SummaryDelta summary:
                json.WriteString(ChatWords.ReasoningContent, _lastPart >= 0 && summary.Part != _lastPart ? $"\n\n{summary.Text}" : summary.Text);
                _lastPart = summary.Part;
                break;
            case ArgumentsDelta arguments:
                WriteArguments(json, arguments.Fragment);
                break;
            case SignatureDelta signature:
                BeginCall(json);
                ChatToolCalls.WriteSignature(json, signature.Signature);
                EndCall(json);
                break;
            case BlockStop:
                WriteAnnotations(json, _citations, _blockOffset);
                _citations.Clear();
                break;
            case GroundingFound grounding:
                WriteAnnotations(json, grounding.Grounding.Citations, 0);
                break;
            case ChoiceFinish { Finish.Explanation: { } explanation }:
                json.WriteString("refusal", explanation);
                break;
            default:
                break;
        }
    }

    private static string MemberOf(ContentBlock block) => block switch
    {
        RefusalBlock => "refusal",
        ReasoningBlock => ChatWords.ReasoningContent,
        _ => "content",
    };

    private void WriteStart(Utf8JsonWriter json, ContentBlock content)
    {
        switch (content)
        {
            case ToolCallBlock call:
                json.WriteStartArray("tool_calls");
                json.WriteStartObject();
                json.WriteNumber("index", _calls++);
                json.WriteString("id", _ids.OfCall(call.CallId));
                ChatToolCalls.WriteBeginning(json, call);
                json.WriteEndObject();
                json.WriteEndArray();
                break;
            case OpaqueBlock audio:
                json.WriteRaw("audio", audio.Raw);
                break;
            case MediaBlock image:
                json.WriteStartArray("images");
                ChatImages.Write(json, image);
                json.WriteEndArray();
                break;
            default:
                break;
        }
    }

    private void WriteArguments(Utf8JsonWriter json, string fragment)
    {
        var isCustom = _open is ToolCallBlock { Kind: ToolCallKind.Custom };
        BeginCall(json);
        json.WriteStartObject(isCustom ? "custom" : "function");
        json.WriteString(isCustom ? "input" : "arguments", fragment);
        json.WriteEndObject();
        EndCall(json);
    }

    private void BeginCall(Utf8JsonWriter json)
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", _calls - 1);
    }

    private static void EndCall(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteAnnotations(Utf8JsonWriter json, IReadOnlyList<Citation> citations, int offset)
    {
        json.WriteStartArray("annotations");
        foreach (var citation in citations)
        {
            ChatAnnotations.Write(json, citation, offset, _offset);
        }

        json.WriteEndArray();
    }
}
