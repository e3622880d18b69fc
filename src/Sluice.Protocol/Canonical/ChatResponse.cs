namespace Sluice.Protocol.Canonical;

/// <summary>One of the answers to a request.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Content">What the model says, in order.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record ChatChoice(int Index, IReadOnlyList<ContentBlock> Content, Finish Finish)
{
    /// <summary>How likely the tokens of the text were; empty when nobody asked.</summary>
    public IReadOnlyList<TokenLogprob> Logprobs { get; init; } = [];

    /// <summary>What a search behind the answer found; null when there was none.</summary>
    public Grounding? Grounding { get; init; }

    /// <summary>Members of the choice that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    /// <summary>Members of the message inside the choice that the model does not know.</summary>
    public IReadOnlyList<Extension> MessageExtensions { get; init; } = [];
}

/// <summary>The answer of a chat model, in no vendor's terms. It refers to the bytes that it was read from.</summary>
public sealed record ChatResponse
{
    /// <summary>The vendor's id; empty when it gave none.</summary>
    public string Id { get; init; } = "";

    /// <summary>The model that answered, as the vendor names it; empty when it does not say.</summary>
    public string Model { get; init; } = "";

    /// <summary>When, in seconds since 1970; null when the vendor does not say.</summary>
    public long? Created { get; init; }

    /// <summary>The answers, by index.</summary>
    public IReadOnlyList<ChatChoice> Choices { get; init; } = [];

    /// <summary>What the call used; null when the vendor does not say.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>The tier that served; null when the vendor does not say.</summary>
    public ServiceLevel? ServiceTier { get; init; }

    /// <summary>Members that the model does not know, among them usage that no bucket holds.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}
