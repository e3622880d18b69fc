using Sluice.Providers;

namespace Sluice.Pricing;

/// <summary>
/// One price per bucket, in nano-USD per million, with the fallbacks that vendors bill by: a cache read without a price costs
/// as input, a cache write as input, a write of an hour as one of five minutes, audio and image input as input, reasoning as
/// output. Audio and image output have no fallback: where vendors make them, they cost a multiple.
/// </summary>
internal sealed class PriceRates
{
    private const long NanoPerUsd = 1_000_000_000;
    private const long Million = 1_000_000;

    /// <summary>The highest rate that is kept, 10^9 USD per million: with it no sum of counts could overflow 128 bits.</summary>
    private const long HighestNano = 1_000_000_000 * NanoPerUsd;

    private readonly long?[] _rates;

    private PriceRates(long?[] rates) => _rates = rates;

    public long? this[PriceBucket bucket] => _rates[(int)bucket];

    /// <summary>The rates of a price; members that it leaves out are those of another one.</summary>
    /// <param name="price">What is priced.</param>
    /// <param name="others">What holds where <paramref name="price"/> says nothing; null for nothing.</param>
    /// <param name="whole">Where the fees stand that no length or tier changes.</param>
    public static PriceRates From(TokenPrices price, TokenPrices? others, ModelPrice whole)
    {
        var input = Nano(price.Input ?? others?.Input);
        var output = Nano(price.Output ?? others?.Output);
        var write5m = Nano(price.CacheWrite5m ?? others?.CacheWrite5m);
        var rates = new long?[PriceBuckets.Count];
        rates[(int)PriceBucket.Input] = input;
        rates[(int)PriceBucket.AudioInput] = Nano(price.AudioInput ?? others?.AudioInput) ?? input;
        rates[(int)PriceBucket.ImageInput] = Nano(price.ImageInput ?? others?.ImageInput) ?? input;
        rates[(int)PriceBucket.CacheRead] = Nano(price.CacheRead ?? others?.CacheRead) ?? input;
        rates[(int)PriceBucket.CacheWrite5m] = write5m ?? input;
        rates[(int)PriceBucket.CacheWrite1h] = Nano(price.CacheWrite1h ?? others?.CacheWrite1h) ?? write5m ?? input;
        rates[(int)PriceBucket.Output] = output;
        rates[(int)PriceBucket.Reasoning] = Nano(price.Reasoning ?? others?.Reasoning) ?? output;
        rates[(int)PriceBucket.AudioOutput] = Nano(price.AudioOutput ?? others?.AudioOutput);
        rates[(int)PriceBucket.ImageOutput] = Nano(price.ImageOutput ?? others?.ImageOutput);
        rates[(int)PriceBucket.WebSearch] = PerMillion(whole.WebSearch);
        rates[(int)PriceBucket.Request] = PerMillion(whole.Request) ?? 0;
        return new PriceRates(rates);
    }

    /// <summary>The dearer of two, bucket by bucket; one that only one of them prices has that price.</summary>
    public static PriceRates Dearer(PriceRates one, PriceRates other)
    {
        var rates = new long?[PriceBuckets.Count];
        for (var i = 0; i < rates.Length; i++)
        {
            rates[i] = one._rates[i] > other._rates[i] ? one._rates[i] : other._rates[i] ?? one._rates[i];
        }

        return new PriceRates(rates);
    }

    /// <summary>The dearest of some buckets; null when none of them is priced.</summary>
    public long? Dearest(params ReadOnlySpan<PriceBucket> buckets)
    {
        long? dearest = null;
        foreach (var bucket in buckets)
        {
            dearest = this[bucket] is { } rate && !(rate <= dearest) ? rate : dearest;
        }

        return dearest;
    }

    /// <summary>USD per million to nano-USD per million, half up. A price below zero, with which some lists mark what they do not know, is none.</summary>
    public static long? Nano(decimal? usd) => usd switch
    {
        null or < 0 => null,
        > HighestNano / NanoPerUsd => HighestNano,
        _ => (long)decimal.Round(usd.Value * NanoPerUsd, MidpointRounding.AwayFromZero),
    };

    /// <summary>USD for one to nano-USD per million; at most 1,000 USD for one.</summary>
    public static long? PerMillion(decimal? usd) => Nano(usd is > HighestNano / NanoPerUsd / Million ? HighestNano / NanoPerUsd : usd * Million);
}
