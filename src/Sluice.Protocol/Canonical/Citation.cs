namespace Sluice.Protocol.Canonical;

/// <summary>A page or document that an answer rests on.</summary>
/// <param name="Url">Where it is; null for documents of the prompt.</param>
/// <param name="Title">Its title; null when the vendor gives none.</param>
public sealed record Source(string? Url, string? Title);

/// <summary>Says where a part of a text comes from.</summary>
/// <param name="Source">The page or document.</param>
public sealed record Citation(Source Source)
{
    /// <summary>
    /// Where the cited part of the answer begins, in Unicode scalar values of its text block; null when the vendor only says
    /// that the whole block rests on the source.
    /// </summary>
    public int? Start { get; init; }

    /// <summary>Where it ends, exclusive, in the same unit.</summary>
    public int? End { get; init; }

    /// <summary>The words of the source; null when the vendor does not quote.</summary>
    public string? Quote { get; init; }

    /// <summary>Who made <see cref="Raw"/>.</summary>
    public Owner Owner { get; init; }

    /// <summary>The citation as it came, for its owner; empty when it was made by Sluice.</summary>
    public RawJson Raw { get; init; }
}

/// <summary>What a search behind the whole answer found (Gemini grounding).</summary>
/// <param name="Owner">Who made <paramref name="Raw"/>.</param>
/// <param name="Raw">The vendor's grounding object.</param>
public sealed record Grounding(Owner Owner, RawJson Raw)
{
    /// <summary>What was searched for.</summary>
    public IReadOnlyList<string> Queries { get; init; } = [];

    /// <summary>
    /// The citations that the grounding gives, in the order of the text. Their positions count from the beginning of the
    /// whole text of the answer.
    /// </summary>
    public IReadOnlyList<Citation> Citations { get; init; } = [];
}
