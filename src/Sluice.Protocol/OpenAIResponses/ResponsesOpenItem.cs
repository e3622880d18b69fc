using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The item of a stream that is being written, and all that has been said of it, because its end repeats everything.</summary>
/// <param name="id">The item's id.</param>
/// <param name="place">Its place among the items.</param>
/// <param name="first">The block that it began with.</param>
internal sealed class ResponsesOpenItem(string id, int place, ContentBlock first)
{
    private readonly StringBuilder _text = new();
    private readonly List<StringBuilder> _summaries = [];
    private readonly List<Citation> _citations = [];

    public string Id => id;

    public int Place => place;

    /// <summary>The parts of a message that are complete.</summary>
    public List<ContentBlock> Parts { get; } = [];

    /// <summary>The block, or of a message the part, to which deltas belong; null between two parts.</summary>
    public ContentBlock? Current { get; private set; } = first;

    /// <summary>True for a message, which may get further parts.</summary>
    public bool IsMessage { get; } = ResponsesItems.IsPart(first);

    /// <summary>What a further part would follow.</summary>
    public ContentBlock Last => Current ?? Parts[^1];

    /// <summary>How likely the tokens were that no part has told yet.</summary>
    public List<TokenLogprob> Logprobs { get; } = [];

    /// <summary>How likely the tokens of the whole message were.</summary>
    public List<TokenLogprob> AllLogprobs { get; } = [];

    /// <summary>How many citations the part has.</summary>
    public int Citations => _citations.Count;

    /// <summary>How many summaries were begun.</summary>
    public int Summaries => _summaries.Count;

    /// <summary>The text of the current block so far.</summary>
    public string Text => _text.ToString();

    public void BeginPart(ContentBlock part) => Current = part;

    public void AddText(string text) => _text.Append(text);

    public void AddCitation(Citation citation) => _citations.Add(citation);

    public void AddLogprobs(IReadOnlyList<TokenLogprob> tokens)
    {
        Logprobs.AddRange(tokens);
        AllLogprobs.AddRange(tokens);
    }

    public void BeginSummary() => _summaries.Add(new StringBuilder());

    public void AddSummary(int part, string text) => _summaries[part].Append(text);

    public string SummaryOf(int part) => _summaries[part].ToString();

    public void Sign(Signature signature) => Current = Current! with { Signature = signature };

    /// <summary>Ends the part of a message.</summary>
    public ContentBlock EndPart()
    {
        var whole = Whole();
        Parts.Add(whole);
        Current = null;
        _text.Clear();
        _citations.Clear();
        Logprobs.Clear();
        return whole;
    }

    /// <summary>The current block as it is by now.</summary>
    public ContentBlock Whole() => Current switch
    {
        TextBlock text => text with { Text = Text, Citations = [.. _citations] },
        RefusalBlock refusal => refusal with { Text = Text },
        ReasoningBlock reasoning when ResponsesReasoning.IsOwn(reasoning) => reasoning with { Text = Text, Summary = Shown() },
        // Thoughts of others are told as a summary, but they are the thoughts.
        ReasoningBlock reasoning => reasoning with { Text = string.Join("\n\n", Shown()), Summary = [] },
        ToolCallBlock call => call with { Arguments = RawJson.Of(Text) },
        _ => Current!,
    };

    private List<string> Shown() => [.. _summaries.Select(summary => summary.ToString())];
}
