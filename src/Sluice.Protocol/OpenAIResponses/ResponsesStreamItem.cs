using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>One item of a stream that is read: which blocks it has begun and what of them has been told.</summary>
/// <param name="nextBlock">Gives the number of the next block.</param>
internal sealed class ResponsesStreamItem(Func<int> nextBlock)
{
    private const int NotBegun = -1;

    private readonly Dictionary<int, Part> _parts = [];
    private readonly Dictionary<int, int> _summaries = [];
    private string? _id;
    private IReadOnlyList<Extension> _members = [];
    private int _block = NotBegun;
    private ContentBlock? _begun;
    private bool _hasText;

    /// <summary>The item begins. What comes whole at its end is not told before.</summary>
    public void Begin(IReadOnlyList<ContentBlock>? blocks, string? id, IReadOnlyList<Extension> members, ICollection<StreamEvent> events)
    {
        _id = id;
        _members = [.. members.Where(member => member.Name != $"{ResponsesWords.MessageMark}status")];
        switch (blocks)
        {
            case [ReasoningBlock { Redacted: false } reasoning]:
                BeginBlock(reasoning with { Text = "", Summary = [], Signature = null, Extensions = WithoutStatus(reasoning) }, events);
                break;
            case [ToolCallBlock call]:
                BeginBlock(call with { Arguments = default, Extensions = WithoutStatus(call) }, events);
                break;
            default:
                break;
        }
    }

    public void BeginPart(int index, ContentBlock? part, ICollection<StreamEvent> events)
    {
        if (part is TextBlock or RefusalBlock)
        {
            PartOf(index, part is TextBlock ? new TextBlock("") : new RefusalBlock(""), events);
        }
    }

    public void AddText(int index, ContentBlock empty, string text, ICollection<StreamEvent> events)
    {
        var part = PartOf(index, empty, events);
        if (text.Length > 0)
        {
            part.HasText = true;
            events.Add(new TextDelta(0, part.Block, text));
        }
    }

    public void AddCitation(int index, Citation citation, ICollection<StreamEvent> events)
    {
        var part = PartOf(index, new TextBlock(""), events);
        part.Citations++;
        events.Add(new CitationDelta(0, part.Block, citation));
    }

    public void AddLogprobs(int index, IReadOnlyList<TokenLogprob> logprobs, ICollection<StreamEvent> events)
    {
        if (logprobs.Count > 0)
        {
            PartOf(index, new TextBlock(""), events).HasLogprobs = true;
            events.Add(new LogprobsFound(0, logprobs));
        }
    }

    /// <summary>The probabilities of a whole part, where its deltas had none.</summary>
    public void CompleteLogprobs(int index, IReadOnlyList<TokenLogprob> logprobs, ICollection<StreamEvent> events)
    {
        if (!PartOf(index, new TextBlock(""), events).HasLogprobs)
        {
            AddLogprobs(index, logprobs, events);
        }
    }

    /// <summary>The whole of a part: its text where no delta told it, and the citations that were not told.</summary>
    public void CompleteText(int index, ContentBlock whole, ICollection<StreamEvent> events)
    {
        var text = whole switch
        {
            TextBlock said => said.Text,
            RefusalBlock refusal => refusal.Text,
            _ => "",
        };
        var part = PartOf(index, whole is RefusalBlock ? new RefusalBlock("") : new TextBlock(""), events);
        if (!part.HasText)
        {
            AddText(index, whole, text, events);
        }

        foreach (var citation in (whole as TextBlock)?.Citations.Skip(part.Citations) ?? [])
        {
            AddCitation(index, citation, events);
        }
    }

    public void EndPart(int index, ContentBlock? part, ICollection<StreamEvent> events)
    {
        if (_parts.TryGetValue(index, out var known) && known.Ended)
        {
            return;
        }

        switch (part)
        {
            case TextBlock or RefusalBlock:
                CompleteText(index, part, events);
                EndBlock(PartOf(index, part, events), events);
                break;
            case not null:
                var whole = new Part(nextBlock()) { Ended = true };
                _parts[index] = whole;
                events.Add(new BlockStart(0, whole.Block, part));
                events.Add(new BlockStop(0, whole.Block));
                break;
            default:
                break;
        }
    }

    public void AddThought(string text, ICollection<StreamEvent> events)
    {
        BeginBlock(new ReasoningBlock(""), events);
        if (text.Length > 0)
        {
            _hasText = true;
            events.Add(new TextDelta(0, _block, text));
        }
    }

    public void AddSummary(int index, string text, ICollection<StreamEvent> events)
    {
        BeginBlock(new ReasoningBlock(""), events);
        if (!_summaries.TryGetValue(index, out var place))
        {
            // Numbered anew: an upstream's own number may leave out millions.
            _summaries[index] = place = _summaries.Count;
        }

        events.Add(new SummaryDelta(0, _block, place, text));
    }

    public void CompleteSummary(int index, string text, ICollection<StreamEvent> events)
    {
        if (!_summaries.ContainsKey(index))
        {
            AddSummary(index, text, events);
        }
    }

    public void AddArguments(string fragment, ICollection<StreamEvent> events)
    {
        if (_begun is ToolCallBlock && fragment.Length > 0)
        {
            _hasText = true;
            events.Add(new ArgumentsDelta(0, _block, fragment));
        }
    }

    public void CompleteArguments(string arguments, ICollection<StreamEvent> events)
    {
        if (!_hasText)
        {
            AddArguments(arguments, events);
        }
    }

    /// <summary>The item is complete.</summary>
    public void End(
        IReadOnlyList<ContentBlock>? blocks, string? id, IReadOnlyList<Extension> members, IReadOnlyList<TokenLogprob> logprobs, ICollection<StreamEvent> events)
    {
        switch (blocks)
        {
            case [ReasoningBlock reasoning]:
                EndReasoning(reasoning, events);
                break;
            case [ToolCallBlock call]:
                BeginBlock(call with { Arguments = default }, events);
                CompleteArguments(call.Arguments.ToString(), events);
                events.Add(new BlockStop(0, _block));
                break;
            case [{ Id: not null } whole] when !ResponsesItems.IsPart(whole):
                BeginBlock(whole, events);
                events.Add(new BlockStop(0, _block));
                break;
            case not null:
                EndMessage(blocks, id, members, logprobs, events);
                break;
            default:
                break;
        }
    }

    private void EndReasoning(ReasoningBlock reasoning, ICollection<StreamEvent> events)
    {
        BeginBlock(reasoning with { Text = "", Summary = [], Signature = null }, events);
        if (!_hasText)
        {
            AddThought(reasoning.Text, events);
        }

        for (var index = 0; index < reasoning.Summary.Count; index++)
        {
            CompleteSummary(index, reasoning.Summary[index], events);
        }

        if (reasoning.Signature is { } signature)
        {
            events.Add(new SignatureDelta(0, _block, signature));
        }

        events.Add(new BlockStop(0, _block));
    }

    private void EndMessage(
        IReadOnlyList<ContentBlock> parts, string? id, IReadOnlyList<Extension> members, IReadOnlyList<TokenLogprob> logprobs, ICollection<StreamEvent> events)
    {
        if (_parts.Count == 0)
        {
            (_id, _members) = (id, members);
        }

        var hadLogprobs = _parts.Values.Any(part => part.HasLogprobs);
        for (var index = 0; index < parts.Count; index++)
        {
            EndPart(index, parts[index], events);
        }

        if (!hadLogprobs && logprobs.Count > 0)
        {
            events.Add(new LogprobsFound(0, logprobs));
        }
    }

    private void BeginBlock(ContentBlock block, ICollection<StreamEvent> events)
    {
        if (_begun is null)
        {
            _begun = block;
            _block = nextBlock();
            events.Add(new BlockStart(0, _block, block));
        }
    }

    private Part PartOf(int index, ContentBlock empty, ICollection<StreamEvent> events)
    {
        if (!_parts.TryGetValue(index, out var part))
        {
            _parts[index] = part = new Part(nextBlock());
            ContentBlock begun = empty is RefusalBlock ? new RefusalBlock("") : new TextBlock("");
            events.Add(new BlockStart(0, part.Block, ResponsesItemReader.WithItem(begun with { Extensions = empty.Extensions }, _id, _members)));
        }

        return part;
    }

    private static void EndBlock(Part part, ICollection<StreamEvent> events)
    {
        part.Ended = true;
        events.Add(new BlockStop(0, part.Block));
    }

    private static List<Extension> WithoutStatus(ContentBlock block) => [.. block.Extensions.Where(extension => extension.Name != "status")];

    /// <summary>What has been told of a part of a message.</summary>
    private sealed class Part(int block)
    {
        public int Block => block;

        public bool HasText { get; set; }

        public bool HasLogprobs { get; set; }

        public bool Ended { get; set; }

        public int Citations { get; set; }
    }
}
