using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>One candidate of a streamed answer, and what of it must wait: arguments, signatures, citations, the end.</summary>
internal sealed class GeminiChoiceWriter(int index, Utf8JsonWriter json, WriteContext context)
{
    private readonly GeminiGroundingWriter _citations = new();
    private readonly StringBuilder _text = new();
    private readonly List<Citation> _pending = [];
    private ContentBlock? _open;
    private int _lastPart = -1;
    private int _offset;

    /// <summary>What a search behind the answer found; null when there was none.</summary>
    public Grounding? Grounding { get; set; }

    /// <summary>The end; null before it.</summary>
    public ChoiceFinish? Finish { get; set; }

    /// <summary>True when no answer began because the prompt was refused.</summary>
    public bool IsBlocked => Finish?.Finish.NativeFor(Dialect.GeminiGenerate) == GeminiWords.PromptFeedback;

    /// <summary>Takes an event of a block; the answer is the part to write now, or null when there is none yet.</summary>
    public ContentBlock? Take(BlockEvent next)
    {
        switch (next)
        {
            case BlockStart start:
                return Begin(start.Content);
            case TextDelta { Text.Length: > 0 } text:
                return Extend(text.Text);
            case SummaryDelta summary:
                var parted = _lastPart >= 0 && _lastPart != summary.Part;
                _lastPart = summary.Part;
                return Extend(parted ? $"\n\n{summary.Text}" : summary.Text);
            case ArgumentsDelta arguments:
                _text.Append(arguments.Fragment);
                return null;
            case SignatureDelta signature when _open is not null:
                _open = _open with { Signature = signature.Signature };
                return null;
            case CitationDelta citation:
                _pending.Add(citation.Citation);
                return null;
            case BlockStop when _open is not null:
                return End(_open);
            default:
                return null;
        }
    }

    public void BeginCandidate()
    {
        json.WriteStartObject();
        json.WriteStartObject("content");
        json.WriteStartArray("parts");
    }

    /// <summary>Writes the empty text that Google's own last chunks hold; clients expect some part.</summary>
    public void WriteNothing()
    {
        json.WriteStartObject();
        json.WriteString("text", "");
        json.WriteEndObject();
    }

    public void EndContent()
    {
        json.WriteEndArray();
        json.WriteString("role", "model");
        json.WriteEndObject();
    }

    public void WriteFinish()
    {
        var finish = Finish?.Finish ?? new Finish(FinishReason.Stop);
        json.WriteString("finishReason", GeminiWords.FromFinish(finish));
        json.WriteIf("finishMessage", finish.Explanation);
        _citations.Write(json, Grounding);
        // Probabilities were written when they were found.
        json.WriteExtensions([.. (Finish?.Extensions ?? []).Where(extension => extension.Name != GeminiLogprobs.Member)], context.Target);
    }

    public void EndCandidate()
    {
        json.WriteNumber("index", index);
        json.WriteEndObject();
    }

    private ContentBlock? Begin(ContentBlock content)
    {
        _text.Clear();
        _pending.Clear();
        _lastPart = -1;
        _open = null;
        if (!GeminiAnswerParts.Shows(content, context.Report))
        {
            return null;
        }

        if (content is TextBlock or RefusalBlock or ToolCallBlock or ReasoningBlock { Redacted: false })
        {
            _open = content;
            return null;
        }

        return content;
    }

    /// <summary>More of a text or a thought. Its signature comes with the last part.</summary>
    private ContentBlock? Extend(string text)
    {
        switch (_open)
        {
            case ReasoningBlock:
                return new ReasoningBlock(text) { Extensions = _open.Extensions };
            case null:
                return null;
            default:
                _text.Append(text);
                return new TextBlock(text) { Extensions = _open.Extensions };
        }
    }

    private ContentBlock? End(ContentBlock block)
    {
        _open = null;
        switch (block)
        {
            case ToolCallBlock call:
                return call with { Arguments = RawJson.Of(_text.ToString()) };
            case ReasoningBlock thought:
                return GeminiSignatures.ForSlot(thought.Signature) is null ? null : new ReasoningBlock("") { Signature = thought.Signature };
            default:
                EndText();
                return GeminiSignatures.ForSlot(block.Signature) is null ? null : new TextBlock("") { Signature = block.Signature };
        }
    }

    private void EndText()
    {
        var text = _text.ToString();
        foreach (var citation in _pending)
        {
            _citations.Add(citation, text, 0, _offset);
        }

        _offset += Encoding.UTF8.GetByteCount(text);
    }
}
