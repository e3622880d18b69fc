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

    /// <summary>What a call costs whose input is longer than a bound; null where length does not change the price.</summary>
    public LongContextPrice? LongContext { get; init; }
}

/// <summary>
/// The price of a whole call, input and output, once its input passes a bound. A member left out costs what it costs below.
/// </summary>
public sealed record LongContextPrice
{
    /// <summary>The longest input that is still charged at the usual price, in tokens, cached ones included.</summary>
    public long AboveInputTokens { get; init; }

    public decimal? Input { get; init; }
    public decimal? Output { get; init; }
    public decimal? CacheRead { get; init; }

    public decimal? CacheWrite5m { get; init; }

    public decimal? CacheWrite1h { get; init; }
}

/// <summary>An announced change of price.</summary>
/// <param name="From">The first day of the new price.</param>
/// <param name="Price">The whole price list from that day.</param>
public sealed record PriceChange(DateOnly From, ModelPrice Price);

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

    /// <summary>Other names the vendor serves the same model under, such as a dated snapshot.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The model that the vendor names in place of a deprecated or retired one.</summary>
    public string? Successor { get; init; }

    /// <summary>Prices that the vendor has announced for a later day, oldest first; each is the whole list from then on.</summary>
    public IReadOnlyList<PriceChange> PriceChanges { get; init; } = [];

    /// <summary>The price of a call on a day; null when none is known.</summary>
    public ModelPrice? PriceOn(DateOnly day) => PriceChanges.LastOrDefault(change => change.From <= day)?.Price ?? Price;

    /// <summary>True when the model goes by this name (exact).</summary>
    public bool IsNamed(string name) => Id == name || Aliases.Contains(name);

    /// <summary>True from the day the vendor stops serving the model; never when no such day is known.</summary>
    public bool IsRetired(DateOnly today) => Retires <= today;
}
