using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Pricing;

/// <summary>
/// What a target costs, in whole nano-USD: per million tokens, per image, per second. Null means unpriced; 0 is a price.
/// Exact: amounts are added before they are divided, and rounded once, half up.
/// </summary>
internal sealed class PriceList
{
    private const long NanoPerUsd = 1_000_000_000;
    private const long TokensPerUnit = 1_000_000;

    /// <summary>The highest price that is kept, 10^9 USD: above it no sum of token counts could overflow 128 bits.</summary>
    private const long HighestNano = 1_000_000_000 * NanoPerUsd;

    private readonly Rates _usual;
    private readonly Rates _long;
    private readonly long _longAbove;

    private PriceList(ModelPrice price)
    {
        _usual = new Rates(
            ToNano(price.Input), ToNano(price.Output), ToNano(price.CacheRead), ToNano(price.CacheWrite5m), ToNano(price.CacheWrite1h));
        var tier = price.LongContext;
        _longAbove = tier?.AboveInputTokens ?? long.MaxValue;
        _long = tier is null ? _usual : new Rates(
            ToNano(tier.Input ?? price.Input),
            ToNano(tier.Output ?? price.Output),
            ToNano(tier.CacheRead ?? price.CacheRead),
            ToNano(tier.CacheWrite5m ?? price.CacheWrite5m),
            ToNano(tier.CacheWrite1h ?? price.CacheWrite1h));
        ImageNano = ToNano(price.Image);
        SecondNano = ToNano(price.Second);
    }

    /// <summary>Nano-USD per image; null when unpriced.</summary>
    public long? ImageNano { get; }

    /// <summary>Nano-USD per second of video; null when unpriced.</summary>
    public long? SecondNano { get; }

    /// <summary>Converts a price in USD; null when it prices nothing at all.</summary>
    public static PriceList? From(ModelPrice? price) => price is null || IsEmpty(price) ? null : new PriceList(price);

    /// <summary>What tokens cost, in nano-USD.</summary>
    /// <returns>
    /// Null when a bucket that was used has no price, after the fallbacks that vendors bill by: a cache read without a price
    /// costs as input, a cache write as input, a write of an hour as one of five minutes. At most <see cref="long.MaxValue"/>,
    /// which no true account reaches.
    /// </returns>
    public long? Cost(in TokenUsage used)
    {
        // Long inputs are told from short ones by all input tokens, cached or not, and change the price of the whole call.
        ref readonly var rates = ref used.TotalInput > _longAbove ? ref _long : ref _usual;
        Int128 sum = 0;
        var priced = Add(ref sum, used.Input, rates.Input)
            && Add(ref sum, used.CacheRead, rates.CacheRead)
            && Add(ref sum, used.CacheWrite5m, rates.CacheWrite5m)
            && Add(ref sum, used.CacheWrite1h, rates.CacheWrite1h)
            && Add(ref sum, used.Output, rates.Output);
        if (!priced)
        {
            return null;
        }

        var nano = (sum + (TokensPerUnit / 2)) / TokensPerUnit;
        return nano > long.MaxValue ? long.MaxValue : (long)nano;
    }

    private static bool IsEmpty(ModelPrice price) =>
        (price.Input ?? price.Output ?? price.CacheRead ?? price.CacheWrite5m ?? price.CacheWrite1h ?? price.Image ?? price.Second) is null;

    /// <summary>Adds a bucket; false when it was used and has no price. A count below zero is nonsense and counts as none.</summary>
    private static bool Add(ref Int128 sum, long tokens, long? rate)
    {
        if (tokens <= 0)
        {
            return true;
        }

        sum += (Int128)tokens * rate.GetValueOrDefault();
        return rate is not null;
    }

    /// <summary>USD to nano-USD, half up. A price below zero, with which some lists mark what they do not know, is none.</summary>
    private static long? ToNano(decimal? usd) => usd switch
    {
        null or < 0 => null,
        > HighestNano / NanoPerUsd => HighestNano,
        _ => (long)decimal.Round(usd.Value * NanoPerUsd, MidpointRounding.AwayFromZero),
    };

    private readonly struct Rates(long? input, long? output, long? cacheRead, long? cacheWrite5m, long? cacheWrite1h)
    {
        public readonly long? Input = input;
        public readonly long? Output = output;
        public readonly long? CacheRead = cacheRead ?? input;
        public readonly long? CacheWrite5m = cacheWrite5m ?? input;
        public readonly long? CacheWrite1h = cacheWrite1h ?? cacheWrite5m ?? input;
    }
}
