namespace Sluice.Providers;

/// <summary>
/// A price list in USD: tokens per million, images each, video per second. Null means unpriced, which is never the same as 0.
/// </summary>
public sealed record ModelPrice
{
    public decimal? Input { get; init; }
    public decimal? Output { get; init; }
    public decimal? CacheRead { get; init; }
    public decimal? CacheWrite5m { get; init; }
    public decimal? CacheWrite1h { get; init; }
    public decimal? Image { get; init; }
    public decimal? Second { get; init; }
}

/// <summary>What is known of a vendor's model: data from the provider's <c>models.json</c>, never code.</summary>
/// <param name="Id">The vendor's model id.</param>
public sealed record ModelInfo(string Id)
{
    public string? DisplayName { get; init; }

    /// <summary>Tokens the model can take in; null when the vendor does not say.</summary>
    public long? ContextTokens { get; init; }

    /// <summary>Tokens the model can put out in one answer; null when the vendor does not say.</summary>
    public long? MaxOutputTokens { get; init; }

    public ModelPrice? Price { get; init; }

    public DateOnly? Released { get; init; }

    public DateOnly? Deprecated { get; init; }

    /// <summary>The day the vendor stops serving the model.</summary>
    public DateOnly? Retires { get; init; }

    /// <summary>Such as <c>chat</c>, <c>responses</c>, <c>embeddings</c>, <c>moderations</c>; names of operations.</summary>
    public IReadOnlyList<string> Operations { get; init; } = [];
}
