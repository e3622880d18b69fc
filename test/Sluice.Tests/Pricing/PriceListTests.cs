using FsCheck;
using FsCheck.Fluent;
using Sluice.Pricing;
using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Tests.Pricing;

public class PriceListTests
{
    private const long Usd = 1_000_000_000;

    [Fact]
    public void Cost_EveryBucket_IsPricedByItsOwnPrice()
    {
        var list = List(new ModelPrice { Input = 3, Output = 15, CacheRead = 0.3m, CacheWrite5m = 3.75m, CacheWrite1h = 6 });

        list.Cost(new TokenUsage(1_000_000, 0, 0, 0, 0, 0)).ShouldBe(3 * Usd);
        list.Cost(new TokenUsage(0, 1_000_000, 0, 0, 0, 0)).ShouldBe(300_000_000);
        list.Cost(new TokenUsage(0, 0, 1_000_000, 0, 0, 0)).ShouldBe(3_750_000_000);
        list.Cost(new TokenUsage(0, 0, 0, 1_000_000, 0, 0)).ShouldBe(6 * Usd);
        list.Cost(new TokenUsage(0, 0, 0, 0, 1_000_000, 400_000)).ShouldBe(15 * Usd);
        list.Cost(default).ShouldBe(0);
    }

    [Theory]
    [InlineData(0, 1, 0, 0, 2.0)]  // a cache read costs as input
    [InlineData(0, 0, 1, 0, 2.0)]  // a cache write costs as input
    [InlineData(0, 0, 0, 1, 2.0)]  // and so does one of an hour
    public void Cost_BucketsWithoutAPrice_FallBackToInput(long input, long read, long write5m, long write1h, double usd) =>
        List(new ModelPrice { Input = 2, Output = 8 })
            .Cost(new TokenUsage(input, read * 1_000_000, write5m * 1_000_000, write1h * 1_000_000, 0, 0))
            .ShouldBe((long)(usd * Usd));

    [Fact]
    public void Cost_WriteOfAnHourWithoutAPrice_FallsBackToFiveMinutes() =>
        List(new ModelPrice { Input = 2, CacheWrite5m = 2.5m }).Cost(new TokenUsage(0, 0, 0, 1_000_000, 0, 0)).ShouldBe(2_500_000_000);

    [Fact]
    public void Cost_UsedBucketWithoutAnyPrice_IsUnpricedAndNeverZero()
    {
        List(new ModelPrice { Input = 2 }).Cost(new TokenUsage(1, 0, 0, 0, 1, 0)).ShouldBeNull();
        List(new ModelPrice { Output = 2 }).Cost(new TokenUsage(1, 0, 0, 0, 1, 0)).ShouldBeNull();
        List(new ModelPrice { Image = 1 }).Cost(new TokenUsage(1, 0, 0, 0, 0, 0)).ShouldBeNull();
        List(new ModelPrice { Input = 2 }).Cost(new TokenUsage(1, 0, 0, 0, 0, 0)).ShouldBe(2000);
    }

    [Fact]
    public void Cost_PriceOfZero_IsAPrice() =>
        List(new ModelPrice { Input = 0, Output = 0 }).Cost(new TokenUsage(5, 5, 5, 5, 5, 0)).ShouldBe(0);

    [Theory]
    [InlineData(1, 0.0004, 0)]     // 0.4 nano
    [InlineData(1, 0.0005, 1)]     // 0.5 nano, half up
    [InlineData(3, 0.0005, 2)]     // 1.5 nano
    [InlineData(1, 1.25, 1250)]
    [InlineData(7, 0.075, 525)]
    public void Cost_PartsOfANano_AreRoundedHalfUp(long tokens, double usdPerMillion, long nano) =>
        List(new ModelPrice { Input = (decimal)usdPerMillion }).Cost(new TokenUsage(tokens, 0, 0, 0, 0, 0)).ShouldBe(nano);

    [Fact]
    public void Cost_SeveralBuckets_AreRoundedOnceAndNotEach() =>
        List(new ModelPrice { Input = 0.0004m, Output = 0.0004m }).Cost(new TokenUsage(1, 1, 1, 1, 1, 0)).ShouldBe(2);

    [Fact]
    public void Cost_LongInput_ChangesThePriceOfTheWholeCall()
    {
        var list = List(new ModelPrice
        {
            Input = 1.25m,
            Output = 10,
            CacheRead = 0.125m,
            LongContext = new LongContextPrice { AboveInputTokens = 200_000, Input = 2.5m, Output = 15, CacheRead = 0.25m },
        });

        list.Cost(new TokenUsage(100_000, 100_000, 0, 0, 1_000, 0)).ShouldBe(125_000_000 + 12_500_000 + 10_000_000);
        list.Cost(new TokenUsage(100_001, 100_000, 0, 0, 1_000, 0)).ShouldBe(250_002_500 + 25_000_000 + 15_000_000);
        list.Cost(new TokenUsage(0, 0, 0, 0, 1_000_000, 0)).ShouldBe(10 * Usd);
    }

    [Fact]
    public void Cost_HugeNumbers_SaturateInsteadOfWrapping()
    {
        var list = List(new ModelPrice { Input = 1_000_000, Output = 1_000_000 });

        list.Cost(new TokenUsage(1_000_000_000, 0, 0, 0, 0, 0)).ShouldBe(1_000_000_000L * Usd);
        list.Cost(new TokenUsage(1_000_000_000_000, 0, 0, 0, 1_000_000_000_000, 0)).ShouldBe(long.MaxValue);
        List(new ModelPrice { Input = decimal.MaxValue }).Cost(new TokenUsage(long.MaxValue, 0, 0, 0, 0, 0)).ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Cost_NegativeCounts_CountAsNone() =>
        List(new ModelPrice { Input = 1, Output = 1 }).Cost(new TokenUsage(-5, long.MinValue, 0, 0, 1_000_000, 0)).ShouldBe(Usd);

    [Fact]
    public void From_NothingPriced_IsNull()
    {
        PriceList.From(null).ShouldBeNull();
        PriceList.From(new ModelPrice()).ShouldBeNull();
    }

    [Fact]
    public void From_NegativePrice_IsUnpriced() =>
        List(new ModelPrice { Input = -1, Output = 1 }).Cost(new TokenUsage(1, 0, 0, 0, 0, 0)).ShouldBeNull();

    /// <summary>The definition, in decimals: the oracle for the integer form.</summary>
    [Fact]
    public void Cost_AnyUsage_IsTheExactSumRoundedOnce() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<NonNegativeInt, NonNegativeInt, NonNegativeInt>((a, b, c) =>
        {
            var price = new ModelPrice { Input = a.Get % 977 / 1000m, Output = b.Get % 977 / 100m, CacheRead = c.Get % 977 / 10000m };
            var used = new TokenUsage(b.Get, c.Get, 3 * a.Get, 0, a.Get, 0);
            var exact = ((used.Input + used.CacheWrite5m) * price.Input!.Value + used.CacheRead * price.CacheRead!.Value
                + used.Output * price.Output!.Value) * 1000;
            return PriceList.From(price)!.Cost(used) == (long)decimal.Round(exact, MidpointRounding.AwayFromZero);
        }));

    private static PriceList List(ModelPrice price) => PriceList.From(price).ShouldNotBeNull();
}
