using Sluice.Protocol.Canonical;

namespace Sluice.Pricing;

/// <summary>A line of a price's computation.</summary>
/// <param name="Bucket">Such as <c>input</c>; see <see cref="PriceBuckets.Name"/>.</param>
/// <param name="Count">Tokens, searches or calls.</param>
/// <param name="NanoUsdPerMillion">The rate; null when the bucket is unpriced.</param>
/// <param name="NanoUsd">Count times rate, rounded half up for show: the sum is rounded once and need not be the sum of the lines.</param>
internal readonly record struct PriceLine(string Bucket, long Count, long? NanoUsdPerMillion, long? NanoUsd);

/// <summary>How the price of a call came about, for its trace.</summary>
/// <param name="PriceId">See <see cref="PriceList.Id"/>; null when the model is unpriced.</param>
/// <param name="Tier">How the vendor served the call.</param>
/// <param name="LongContext">True when the input was over the bound from which the whole call costs more.</param>
/// <param name="Lines">What was used, in the order of the buckets.</param>
/// <param name="NanoUsd">The cost; null when something that was used has no price.</param>
internal sealed record PriceDerivation(string? PriceId, ServiceTier Tier, bool LongContext, IReadOnlyList<PriceLine> Lines, long? NanoUsd)
{
    /// <summary>Derives a price.</summary>
    /// <param name="price">Null for an unpriced model: the lines then have counts alone.</param>
    /// <param name="used">What the call used.</param>
    public static PriceDerivation Of(PriceList? price, in TokenUsage used)
    {
        var isLong = false;
        var rates = price?.RatesFor(in used, out isLong);
        var lines = new List<PriceLine>();
        for (var bucket = PriceBucket.Input; bucket <= PriceBucket.Request; bucket++)
        {
            var count = bucket.CountOf(in used);
            var rate = rates?[bucket];
            if (count > 0 && (bucket != PriceBucket.Request || rate > 0))
            {
                lines.Add(new PriceLine(bucket.Name(), count, rate, rate is { } nano ? PriceList.ToNano((Int128)count * nano, 1_000_000) : null));
            }
        }

        return new PriceDerivation(price?.Id, used.Tier, isLong, lines, price?.Cost(in used));
    }
}
