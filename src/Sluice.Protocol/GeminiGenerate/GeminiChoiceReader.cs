using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// One candidate of a streamed answer. Texts and thoughts come in several parts that belong together; every other part
/// stands whole in its chunk.
/// </summary>
internal sealed class GeminiChoiceReader(int index, Owner owner)
{
    /// <summary>Beyond so many unknown members, more than Google has by far, none looks for its older self.</summary>
    private const int MostReplaced = 32;

    private readonly StringBuilder _text = new();
    private readonly List<Extension> _extensions = [];
    private ContentBlock? _open;
    private Signature? _signature;
    private GeminiPartialCall? _partial;
    private string _seed = "";
    private RawJson _grounding;
    private int _block;
    private int _calls;

    /// <summary>True once the vendor has said why it ended.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Reads what a chunk says of this candidate.</summary>
    /// <param name="candidate">What it says.</param>
    /// <param name="seed">What tells the answer from others, for the ids of calls.</param>
    /// <param name="events">Takes what it means.</param>
    public void Read(GeminiCandidate candidate, string seed, ICollection<StreamEvent> events)
    {
        _seed = seed;
        foreach (var part in candidate.Parts)
        {
            ReadPart(part, events);
        }

        if (candidate.Logprobs.Count > 0)
        {
            events.Add(new LogprobsFound(index, candidate.Logprobs));
        }

        _grounding = candidate.Grounding.IsEmpty ? _grounding : candidate.Grounding;
        Keep(candidate.Extensions);
        if (candidate.FinishReason is { } reason && !IsFinished)
        {
            IsFinished = true;
            EndPartial(events);
            Close(events);
            if (!_grounding.IsEmpty)
            {
                // Each chunk tells all of it by then, and its places are places of the whole text.
                events.Add(new GroundingFound(index, GeminiGrounding.Read(_grounding, owner, [_text.ToString()])));
            }

            var finish = GeminiWords.ToFinish(reason, _calls > 0) with { Explanation = candidate.FinishMessage };
            events.Add(new ChoiceFinish(index, finish) { Extensions = [.. _extensions] });
        }
    }

    /// <summary>Members of later chunks replace those of earlier ones; probabilities are told on their own.</summary>
    private void Keep(List<Extension> extensions)
    {
        foreach (var extension in extensions)
        {
            if (_extensions.Count <= MostReplaced)
            {
                _extensions.RemoveAll(other => other.Name == extension.Name);
            }

            if (extension.Name != GeminiLogprobs.Member)
            {
                _extensions.Add(extension);
            }
        }
    }

    private void ReadPart(ContentBlock part, ICollection<StreamEvent> events)
    {
        if (part is ToolCallBlock piece && (_partial is not null || GeminiPartialCall.IsPart(piece)))
        {
            ReadPiece(piece, events);
            return;
        }

        EndPartial(events);
        switch (part)
        {
            case TextBlock text:
                ReadText(text, events);
                break;
            case ReasoningBlock { Redacted: false } thought:
                ReadThought(thought, events);
                break;
            case ToolCallBlock call:
                ReadCall(call, events);
                break;
            default:
                Begin(part, events);
                Close(events);
                break;
        }
    }

    private void ReadCall(ToolCallBlock call, ICollection<StreamEvent> events)
    {
        var id = call.CallId.Length > 0 ? call.CallId : GeminiIds.Make(_seed, index, _calls, call);
        Begin(call with { Arguments = default, CallId = id }, events);
        events.Add(new ArgumentsDelta(index, _block, call.Arguments.ToString()));
        _calls++;
        Close(events);
    }

    /// <summary>A named part begins a call; the others belong to the one that is open.</summary>
    private void ReadPiece(ToolCallBlock piece, ICollection<StreamEvent> events)
    {
        if (piece.Name.Length > 0)
        {
            EndPartial(events);
        }

        _partial ??= new GeminiPartialCall(piece);
        if (!_partial.Add(piece))
        {
            EndPartial(events);
        }
    }

    private void EndPartial(ICollection<StreamEvent> events)
    {
        if (_partial is { } partial)
        {
            _partial = null;
            ReadCall(partial.ToCall(), events);
        }
    }

    private void ReadText(TextBlock text, ICollection<StreamEvent> events)
    {
        if (text is { Text: "", Signature: null, Extensions.Count: 0 })
        {
            return;
        }

        // A part that is signed is not joined with what follows, as its owner asks.
        if (_open is not TextBlock || _signature is not null || text.Extensions.Count > 0)
        {
            Begin(text with { Text = "", Signature = null }, events);
        }

        AddText(text.Text, events);
        _text.Append(text.Text);
        _signature = text.Signature;
    }

    private void ReadThought(ReasoningBlock thought, ICollection<StreamEvent> events)
    {
        if (_open is not ReasoningBlock || _signature is { Data.Length: > 0 } || thought.Extensions.Count > 0)
        {
            Begin(thought with { Text = "", Signature = null }, events);
        }

        AddText(thought.Text, events);
        _signature = thought.Signature;
    }

    private void AddText(string text, ICollection<StreamEvent> events)
    {
        if (text.Length > 0)
        {
            events.Add(new TextDelta(index, _block, text));
        }
    }

    private void Begin(ContentBlock content, ICollection<StreamEvent> events)
    {
        Close(events);
        _open = content;
        events.Add(new BlockStart(index, _block, content));
    }

    private void Close(ICollection<StreamEvent> events)
    {
        if (_open is null)
        {
            return;
        }

        if (_signature is not null)
        {
            events.Add(new SignatureDelta(index, _block, _signature));
        }

        events.Add(new BlockStop(index, _block++));
        _open = null;
        _signature = null;
    }
}
