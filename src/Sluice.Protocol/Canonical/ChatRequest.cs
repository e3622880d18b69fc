namespace Sluice.Protocol.Canonical;

/// <summary>How soon and how dearly a call is served.</summary>
public enum ServiceLevel
{
    /// <summary>The best that the account pays for.</summary>
    Auto,

    /// <summary>The usual one (OpenAI <c>default</c>, Anthropic <c>standard_only</c>).</summary>
    Standard,

    /// <summary>Later and cheaper.</summary>
    Flex,

    /// <summary>Capacity bought ahead (OpenAI).</summary>
    Scale,

    /// <summary>Sooner and dearer.</summary>
    Priority,

    /// <summary>As part of a batch; occurs in answers only.</summary>
    Batch,
}

/// <summary>What the client wants kept of the conversation between calls (Responses).</summary>
public sealed record StateRequest
{
    /// <summary>True when the answer is to be kept; null for the vendor's default.</summary>
    public bool? Store { get; init; }

    /// <summary>The answer that this request goes on from; null for none.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>The conversation that this request belongs to; null for none.</summary>
    public string? ConversationId { get; init; }

    /// <summary>
    /// True when the client asks for what it needs to send the reasoning back itself (Responses
    /// <c>reasoning.encrypted_content</c>). Signatures are told wherever there is a slot, asked for or not.
    /// </summary>
    public bool SignedReasoning { get; init; }

    /// <summary>True when the call is to be answered at once and worked on later.</summary>
    public bool? Background { get; init; }
}

/// <summary>How the prompt cache is to treat the whole request. Marks on blocks and tools stand there.</summary>
public sealed record CacheRequest
{
    /// <summary>Requests with the same key share a cache (OpenAI <c>prompt_cache_key</c>); null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The vendor is to choose the place itself and keep it so long (Anthropic's top-level <c>cache_control</c>).</summary>
    public CacheMark? Automatic { get; init; }
}

/// <summary>
/// A request to a chat model, in no vendor's terms. It refers to the bytes that it was read from; they must outlive it.
/// </summary>
public sealed record ChatRequest
{
    /// <summary>The model as the dialect names it; empty where the name stands in the path (Gemini).</summary>
    public string Model { get; init; } = "";

    /// <summary>True when the client wants events; stands in the path for Gemini.</summary>
    public bool Stream { get; init; }

    /// <summary>True when a stream is to end with its usage; dialects that always send it leave this true.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>
    /// The conversation. System and developer texts stand where they were said; a dialect with a member for them
    /// (<c>system</c>, <c>instructions</c>, <c>systemInstruction</c>) is read as a first message.
    /// </summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>Tools in their order, which the prompt cache depends on.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Null when the request does not say.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>False when at most one tool may be called at a time; null when the request does not say.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public Sampling Sampling { get; init; } = new();

    /// <summary>The most tokens of the answer, reasoning included; null when the request does not say.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Null when any text will do.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>: how long answers are; null for the vendor's default.</summary>
    public string? Verbosity { get; init; }

    /// <summary>What the answer may consist of, such as <c>text</c>, <c>image</c>, <c>audio</c>, in lower case; empty for text.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>Null when the request does not say.</summary>
    public ReasoningRequest? Reasoning { get; init; }

    /// <summary>How the prompt is cached.</summary>
    public CacheRequest Cache { get; init; } = new();

    /// <summary>Null for the vendor's default.</summary>
    public ServiceLevel? ServiceTier { get; init; }

    /// <summary>Names and values that the vendor keeps with the call.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Who the end user is, for the vendor's safety (OpenAI <c>safety_identifier</c>, Anthropic <c>user_id</c>); null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>What is kept between calls.</summary>
    public StateRequest State { get; init; } = new();

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}
