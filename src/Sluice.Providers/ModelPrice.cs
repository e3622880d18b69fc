using System.Text.Json.Serialization;
using Sluice.Protocol.Canonical;

namespace Sluice.Providers;

/// <summary>The prices of tokens, in USD per million. Null means unpriced, which is never the same as 0.</summary>
public abstract record TokenPrices
{
    public decimal? Input { get; init; }
    public decimal? Output { get; init; }
    public decimal? CacheRead { get; init; }

    [JsonPropertyName("cache_write_5m")]
    public decimal? CacheWrite5m { get; init; }

    [JsonPropertyName("cache_write_1h")]
    public decimal? CacheWrite1h { get; init; }

    /// <summary>Reasoning, where it does not cost as much as other output.</summary>
    public decimal? Reasoning { get; init; }

    public decimal? AudioInput { get; init; }
    public decimal? AudioOutput { get; init; }
    public decimal? ImageInput { get; init; }
    public decimal? ImageOutput { get; init; }
}

/// <summary>
/// A price list in USD: tokens and characters per million; images, seconds, pages, requests and searches each. Null means
/// unpriced, which is never the same as 0.
/// </summary>
public sealed record ModelPrice : TokenPrices
{
    /// <summary>An image of any size and quality that <see cref="Images"/> does not list.</summary>
    public decimal? Image { get; init; }

    /// <summary>Images by size and quality.</summary>
    public IReadOnlyList<ImagePrice> Images { get; init => field = value ?? []; } = [];

    /// <summary>A second of video or of audio.</summary>
    public decimal? Second { get; init; }

    /// <summary>A page of a document.</summary>
    public decimal? Page { get; init; }

    /// <summary>A million characters of text to speak.</summary>
    public decimal? Character { get; init; }

    /// <summary>A fee for each call, on top of everything else; absent means none.</summary>
    public decimal? Request { get; init; }

    /// <summary>A search of the web that the vendor makes for a call.</summary>
    public decimal? WebSearch { get; init; }

    /// <summary>What a call costs whose input is longer than a bound; null where length does not change the price.</summary>
    public LongContextPrice? LongContext { get; init; }

    public TierPrice? Batch { get; init; }
    public TierPrice? Flex { get; init; }
    public TierPrice? Priority { get; init; }

    /// <summary>Anthropic's fast mode.</summary>
    public TierPrice? Fast { get; init; }

    /// <summary>The prices of a tier; null for the standard tier, and where the tier has none of its own.</summary>
    public TierPrice? Of(ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => Batch,
        ServiceTier.Flex => Flex,
        ServiceTier.Priority => Priority,
        ServiceTier.Fast => Fast,
        _ => null,
    };
}

/// <summary>The price of an image.</summary>
/// <param name="Usd">USD for one.</param>
public sealed record ImagePrice(decimal Usd)
{
    /// <summary>As the vendor writes it, such as <c>1024x1536</c> or <c>4K</c>; null for every size.</summary>
    public string? Size { get; init; }

    /// <summary>Such as <c>high</c>; null for every quality.</summary>
    public string? Quality { get; init; }
}

/// <summary>
/// The price of a whole call, input and output, once its input passes a bound. A member left out costs what it costs below.
/// </summary>
public sealed record LongContextPrice : TokenPrices
{
    /// <summary>The longest input that is still charged at the usual price, in tokens, cached ones included.</summary>
    public long AboveInputTokens { get; init; }
}

/// <summary>The prices of a service tier. A member left out costs what it costs in the standard tier.</summary>
public sealed record TierPrice : TokenPrices
{
    /// <summary>
    /// The prices beyond a bound; where a model has such a bound and its tier does not say, each bucket costs the dearer of
    /// the tier's price and the long one of the standard tier.
    /// </summary>
    public LongContextPrice? LongContext { get; init; }
}
