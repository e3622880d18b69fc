using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Pricing;

/// <summary>
/// What a target costs, in whole nano-USD per million tokens, characters, images, seconds, pages or searches. Null means
/// unpriced; 0 is a price. Exact: amounts are added before they are divided, and rounded once, half up.
/// </summary>
internal sealed class PriceList
{
    private const long Million = 1_000_000;

    /// <summary>A trillion of anything but tokens is nonsense; beyond it, sums could overflow.</summary>
    private const long MostUnits = Million * Million;

    private readonly ModelPrice _price;
    private readonly TierRates _standard;
    private readonly TierRates?[] _tiers;
    private readonly long? _image;
    private readonly long? _second;
    private readonly long? _page;
    private readonly long? _character;

    private PriceList(ModelPrice price, string id)
    {
        Id = id;
        _price = price;
        _standard = TierRates.Standard(price);
        _tiers = [.. Enum.GetValues<ServiceTier>().Select(tier => price.Of(tier) is { } own ? TierRates.Of(own, price, _standard) : null)];
        _image = PriceRates.PerMillion(price.Image);
        _second = PriceRates.PerMillion(price.Second);
        _page = PriceRates.PerMillion(price.Page);
        _character = PriceRates.Nano(price.Character);
    }

    /// <summary>
    /// Which price this is, for records: <c>operator:provider/model</c>, <c>import:source/model@day</c>,
    /// <c>catalog:type/model@day</c>. Where an operator's price leaves members to another one, both, joined by <c>+</c>.
    /// </summary>
    public string Id { get; }

    /// <summary>The prices as they are written, in USD.</summary>
    public ModelPrice Price => _price;

    /// <summary>Tokens that the model can take in, where the price's source knows; null where it does not.</summary>
    public long? ContextTokens { get; private init; }

    /// <summary>Tokens that the model can put out in one answer, where the price's source knows; null where it does not.</summary>
    public long? MaxOutputTokens { get; private init; }

    /// <summary>Converts a price in USD; null when it prices nothing at all.</summary>
    /// <param name="price">The price.</param>
    /// <param name="id">See <see cref="Id"/>.</param>
    public static PriceList? From(ModelPrice? price, string id = "") => price is null || IsEmpty(price) ? null : new PriceList(price, id);

    /// <summary>The same prices with what their source knows of the model.</summary>
    public PriceList WithLimits(long? contextTokens, long? maxOutputTokens) =>
        new(_price, Id) { ContextTokens = contextTokens, MaxOutputTokens = maxOutputTokens };

    /// <summary>What a call costs by its tokens, its searches and its fee, in nano-USD.</summary>
    /// <returns>
    /// Null when a bucket that was used has no price, after the fallbacks of <see cref="PriceRates"/>. At most
    /// <see cref="long.MaxValue"/>, which no true account reaches.
    /// </returns>
    public long? Cost(in TokenUsage used)
    {
        var rates = RatesFor(in used, out _);
        Int128 sum = 0;
        for (var bucket = PriceBucket.Input; bucket <= PriceBucket.Request; bucket++)
        {
            var count = bucket.CountOf(in used);
            if (count == 0)
            {
                continue;
            }

            if (rates[bucket] is not { } rate)
            {
                return null;
            }

            sum += (Int128)count * rate;
        }

        return ToNano(sum, Million);
    }

    /// <summary>What images, seconds, pages and characters cost, in nano-USD; null when one that was used has no price.</summary>
    public long? CostOf(in UsageUnits used)
    {
        Int128 sum = 0;
        var micros = (long)(Math.Clamp(used.Seconds, 0, MostUnits / Million) * Million);
        var priced = Add(ref sum, used.Images, used.Images > 0 ? ImageRate(used.ImageSize, used.ImageQuality) : null)
            && Add(ref sum, used.Pages, _page)
            && Add(ref sum, used.Characters, _character);
        sum *= Million;
        return priced && Add(ref sum, micros, _second) ? ToNano(sum, MostUnits) : null;
    }

    /// <summary>What images cost, in nano-USD; null when unpriced. A price for size and quality goes before one for either, and that before one for all.</summary>
    public long? CostOfImages(string? size, string? quality, long count) =>
        CostOf(new UsageUnits { Images = count, ImageSize = size, ImageQuality = quality });

    /// <summary>What seconds of video or audio cost, in nano-USD; null when unpriced.</summary>
    public long? CostOfSeconds(decimal seconds) => CostOf(new UsageUnits { Seconds = seconds });

    /// <summary>What pages cost, in nano-USD; null when unpriced.</summary>
    public long? CostOfPages(long pages) => CostOf(new UsageUnits { Pages = pages });

    /// <summary>What characters of text cost, in nano-USD; null when unpriced.</summary>
    public long? CostOfCharacters(long characters) => CostOf(new UsageUnits { Characters = characters });

    /// <summary>The rates that a usage is charged at.</summary>
    /// <param name="used">Its tier and its whole input decide.</param>
    /// <param name="isLong">True when the input is over the bound from which the whole call has another price.</param>
    public PriceRates RatesFor(in TokenUsage used, out bool isLong)
    {
        var tier = _tiers[(int)used.Tier] ?? _standard;
        isLong = used.TotalInput > tier.LongAbove;
        return isLong ? tier.Long : tier.Usual;
    }

    /// <summary>The dearest rates that a call can be charged at.</summary>
    /// <param name="mostInput">The most input tokens that it can have: where that is over the long bound, either price may hold.</param>
    /// <param name="mayBePriority">True when the vendor may serve it in its priority tier.</param>
    /// <param name="mayBeFast">True when the vendor may serve it in its fast mode.</param>
    public PriceRates DearestRates(long mostInput, bool mayBePriority, bool mayBeFast)
    {
        var rates = _standard.Dearest(mostInput);
        if (mayBePriority && _tiers[(int)ServiceTier.Priority] is { } priority)
        {
            rates = PriceRates.Dearer(rates, priority.Dearest(mostInput));
        }

        if (mayBeFast && _tiers[(int)ServiceTier.Fast] is { } fast)
        {
            rates = PriceRates.Dearer(rates, fast.Dearest(mostInput));
        }

        return rates;
    }

    /// <summary>An exact sum to nano-USD, rounded half up; at most <see cref="long.MaxValue"/>.</summary>
    internal static long ToNano(Int128 sum, long divisor)
    {
        var nano = (sum + (divisor / 2)) / divisor;
        return nano > long.MaxValue ? long.MaxValue : (long)nano;
    }

    private static bool IsEmpty(ModelPrice price) =>
        price.Images.Count == 0
        && (price.Input ?? price.Output ?? price.CacheRead ?? price.CacheWrite5m ?? price.CacheWrite1h ?? price.Reasoning
            ?? price.AudioInput ?? price.AudioOutput ?? price.ImageInput ?? price.ImageOutput
            ?? price.Image ?? price.Second ?? price.Page ?? price.Character ?? price.Request ?? price.WebSearch) is null;

    /// <summary>Adds a kind of unit; false when it was used and has no price.</summary>
    private static bool Add(ref Int128 sum, long count, long? rate)
    {
        if (count <= 0)
        {
            return true;
        }

        sum += (Int128)Math.Min(count, MostUnits) * rate.GetValueOrDefault();
        return rate is not null;
    }

    private long? ImageRate(string? size, string? quality)
    {
        ImagePrice? best = null;
        var bestFit = -1;
        foreach (var image in _price.Images)
        {
            var fits = (image.Size is null || Same(image.Size, size)) && (image.Quality is null || Same(image.Quality, quality));
            var fit = (image.Size is null ? 0 : 2) + (image.Quality is null ? 0 : 1);
            if (fits && fit > bestFit)
            {
                (best, bestFit) = (image, fit);
            }
        }

        return best is null ? _image : PriceRates.PerMillion(best.Usd);
    }

    private static bool Same(string listed, string? asked) => string.Equals(listed, asked, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rates of a service tier below and above the long bound.</summary>
    private sealed record TierRates(PriceRates Usual, PriceRates Long, long LongAbove)
    {
        public static TierRates Standard(ModelPrice price)
        {
            var usual = PriceRates.From(price, null, price);
            return price.LongContext is { } tier
                ? new TierRates(usual, PriceRates.From(tier, price, price), tier.AboveInputTokens)
                : new TierRates(usual, usual, long.MaxValue);
        }

        public static TierRates Of(TierPrice tier, ModelPrice price, TierRates standard)
        {
            var usual = PriceRates.From(tier, price, price);
            return tier.LongContext is { } own
                ? new TierRates(usual, PriceRates.From(own, tier, price), own.AboveInputTokens)
                : new TierRates(usual, PriceRates.Dearer(usual, standard.Long), standard.LongAbove);
        }

        public PriceRates Dearest(long mostInput) => mostInput > LongAbove ? PriceRates.Dearer(Usual, Long) : Usual;
    }
}
