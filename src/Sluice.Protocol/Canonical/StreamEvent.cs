namespace Sluice.Protocol.Canonical;

/// <summary>
/// One step of a streamed answer. The legal order, which <see cref="BlockSequencer"/> guarantees to stream writers, is
/// <c>MessageStart (BlockStart Delta* BlockStop | Logprobs | GroundingFound | UsageUpdate)* ChoiceFinish* UsageUpdate* MessageStop</c>,
/// blocks never nested inside one choice, with <see cref="Ping"/> anywhere and <see cref="StreamFailure"/> as the end at any time.
/// Events are independent of the bytes that they were read from.
/// </summary>
public abstract record StreamEvent
{
    private protected StreamEvent()
    {
    }
}

/// <summary>The answer begins.</summary>
public sealed record MessageStart : StreamEvent
{
    /// <summary>The vendor's id; empty when it gave none.</summary>
    public string Id { get; init; } = "";

    /// <summary>The model that answers, as the vendor names it; empty when it does not say.</summary>
    public string Model { get; init; } = "";

    /// <summary>When, in seconds since 1970; null when the vendor does not say.</summary>
    public long? Created { get; init; }

    /// <summary>What is known of the usage by now, usually its input; null when nothing is.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>The tier that serves; null when the vendor does not say.</summary>
    public ServiceLevel? ServiceTier { get; init; }

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}

/// <summary>An event that belongs to a block.</summary>
/// <param name="Choice">Which answer, from 0.</param>
/// <param name="Block">Which block of it: any number that the reader uses for no other block of the choice.</param>
public abstract record BlockEvent(int Choice, int Block) : StreamEvent;

/// <summary>
/// A block begins. Text, refusal, reasoning and tool-call blocks begin empty (a tool call with id and name) and are filled by
/// deltas; all others stand whole in this event.
/// </summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
/// <param name="Content">The block so far.</param>
public sealed record BlockStart(int Choice, int Block, ContentBlock Content) : BlockEvent(Choice, Block);

/// <summary>More of a block. <see cref="BlockSequencer"/> opens a block for a delta that has none.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
public abstract record BlockDelta(int Choice, int Block) : BlockEvent(Choice, Block);

/// <summary>More text of a text, refusal or reasoning block.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
/// <param name="Text">What is added.</param>
public sealed record TextDelta(int Choice, int Block, string Text) : BlockDelta(Choice, Block);

/// <summary>More of one of the summaries of a reasoning block (Responses).</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
/// <param name="Part">Which summary, from 0.</param>
/// <param name="Text">What is added.</param>
public sealed record SummaryDelta(int Choice, int Block, int Part, string Text) : BlockDelta(Choice, Block);

/// <summary>More of the arguments of a tool call.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
/// <param name="Fragment">A piece of JSON text (or of the free text of a custom tool), cut anywhere.</param>
public sealed record ArgumentsDelta(int Choice, int Block, string Fragment) : BlockDelta(Choice, Block);

/// <summary>The signature of a block.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
/// <param name="Signature">The whole signature.</param>
public sealed record SignatureDelta(int Choice, int Block, Signature Signature) : BlockDelta(Choice, Block);

/// <summary>A citation of a text block.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
/// <param name="Citation">The citation.</param>
public sealed record CitationDelta(int Choice, int Block, Citation Citation) : BlockDelta(Choice, Block);

/// <summary>A block is complete.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Block">Which block.</param>
public sealed record BlockStop(int Choice, int Block) : BlockEvent(Choice, Block);

/// <summary>How likely the tokens were that came last.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Tokens">The tokens.</param>
public sealed record LogprobsFound(int Choice, IReadOnlyList<TokenLogprob> Tokens) : StreamEvent;

/// <summary>What a search behind the answer found.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Grounding">All of it by now; replaces what came before.</param>
public sealed record GroundingFound(int Choice, Grounding Grounding) : StreamEvent;

/// <summary>The usage by now; replaces what came before.</summary>
/// <param name="Usage">Cumulative.</param>
public sealed record UsageUpdate(TokenUsage Usage) : StreamEvent
{
    /// <summary>Usage that no bucket holds.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}

/// <summary>An answer is complete.</summary>
/// <param name="Choice">Which answer.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record ChoiceFinish(int Choice, Finish Finish) : StreamEvent
{
    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}

/// <summary>All answers are complete and nothing follows.</summary>
public sealed record MessageStop : StreamEvent;

/// <summary>The answer will not be complete; nothing follows.</summary>
/// <param name="Error">Why, written in the client's dialect.</param>
public sealed record StreamFailure(GatewayError Error) : StreamEvent;

/// <summary>The upstream is alive.</summary>
public sealed record Ping : StreamEvent;
