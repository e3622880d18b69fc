namespace Sluice.Protocol.Canonical;

/// <summary>
/// One part of a message, in the order in which it was said. The hierarchy is closed; what no type fits is an
/// <see cref="OpaqueBlock"/>, so that a writer's default case always has a meaning.
/// </summary>
public abstract record ContentBlock
{
    private protected ContentBlock()
    {
    }

    /// <summary>The id that the vendor gave this part (Responses items); null elsewhere.</summary>
    public string? Id { get; init; }

    /// <summary>What the vendor wants to see again with this part; null when there is nothing.</summary>
    public Signature? Signature { get; init; }

    /// <summary>The prompt is cached up to here; null when it is not marked.</summary>
    public CacheMark? Cache { get; init; }

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}

/// <summary>Text that is meant to be read.</summary>
/// <param name="Text">The text; may be empty.</param>
public sealed record TextBlock(string Text) : ContentBlock
{
    /// <summary>Where parts of the text come from.</summary>
    public IReadOnlyList<Citation> Citations { get; init; } = [];
}

/// <summary>The model declines, in its own words (OpenAI).</summary>
/// <param name="Text">What the model says.</param>
public sealed record RefusalBlock(string Text) : ContentBlock;

/// <summary>
/// What the model thought. Text, signature and id belong together: a writer sends all of them to the owner, and to another
/// owner none. A redacted block has a signature and no text.
/// </summary>
/// <param name="Text">The thoughts themselves; empty when the vendor shows only summaries or nothing.</param>
public sealed record ReasoningBlock(string Text) : ContentBlock
{
    /// <summary>Summaries of the thoughts (Responses), each a part of its own.</summary>
    public IReadOnlyList<string> Summary { get; init; } = [];

    /// <summary>True for Anthropic's <c>redacted_thinking</c>, whose data is the <see cref="ContentBlock.Signature"/>.</summary>
    public bool Redacted { get; init; }

    /// <summary>Everything that may be shown: the text, or else the summaries parted by empty lines.</summary>
    public string Shown => Text.Length > 0 ? Text : string.Join("\n\n", Summary);
}

/// <summary>What the arguments of a tool call are.</summary>
public enum ToolCallKind
{
    /// <summary>A JSON object that the tool's schema describes.</summary>
    Function,

    /// <summary>Free text (OpenAI custom tools).</summary>
    Custom,
}

/// <summary>The model wants a tool of the client to be called.</summary>
/// <param name="CallId">The vendor's id of the call; writers make it fit their dialect through <see cref="ToolCallIds"/>.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">
/// The arguments byte for byte: JSON text for a function, which a model may have left invalid or empty (no arguments), free
/// text for a custom tool.
/// </param>
public sealed record ToolCallBlock(string CallId, string Name, RawJson Arguments) : ContentBlock
{
    /// <summary>Function, unless the tool takes free text.</summary>
    public ToolCallKind Kind { get; init; }
}

/// <summary>What a tool answered; stands in a message of <see cref="Role.Tool"/>.</summary>
/// <param name="CallId">The id of the call, as in its <see cref="ToolCallBlock"/>.</param>
/// <param name="Content">Text and media; a structured answer is text that is a JSON object.</param>
public sealed record ToolResultBlock(string CallId, IReadOnlyList<ContentBlock> Content) : ContentBlock
{
    /// <summary>The tool's name, where the dialect repeats it (Gemini); null elsewhere.</summary>
    public string? Name { get; init; }

    /// <summary>True when the tool failed.</summary>
    public bool IsError { get; init; }

    /// <summary>Function, unless the tool takes free text.</summary>
    public ToolCallKind Kind { get; init; }
}

/// <summary>A call of a tool that the vendor runs itself, such as its web search.</summary>
/// <param name="Owner">The vendor; the block goes back to it alone.</param>
/// <param name="CallId">The vendor's id.</param>
/// <param name="Tool">Which kind of tool.</param>
/// <param name="Raw">The whole block as it came.</param>
public sealed record ServerToolCallBlock(Owner Owner, string CallId, ServerToolKind Tool, RawJson Raw) : ContentBlock
{
    /// <summary>What the tool was asked, as JSON; empty when the vendor does not say.</summary>
    public RawJson Input { get; init; }
}

/// <summary>What a tool that the vendor runs itself found.</summary>
/// <param name="Owner">The vendor; the block goes back to it alone.</param>
/// <param name="CallId">The id of the <see cref="ServerToolCallBlock"/>.</param>
/// <param name="Tool">Which kind of tool.</param>
/// <param name="Raw">The whole block as it came.</param>
public sealed record ServerToolResultBlock(Owner Owner, string CallId, ServerToolKind Tool, RawJson Raw) : ContentBlock
{
    /// <summary>The pages that were found.</summary>
    public IReadOnlyList<Source> Sources { get; init; } = [];
}

/// <summary>A part that no other type fits. It goes back to its owner as it came and to nobody else.</summary>
/// <param name="Owner">The dialect that knows what it is.</param>
/// <param name="Type">The vendor's name of the part, for reports.</param>
/// <param name="Raw">The whole part.</param>
public sealed record OpaqueBlock(Owner Owner, string Type, RawJson Raw) : ContentBlock;
