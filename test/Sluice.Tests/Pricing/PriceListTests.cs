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

    [Fact]
    public void Cost_EveryKindOfToken_HasItsOwnPriceOrThatOfText()
    {
        var used = new TokenUsage(0, 0, 0, 0, 2_000_000, 1_000_000) { AudioInput = 1_000_000, ImageInput = 1_000_000 };

        List(new ModelPrice { Input = 1, Output = 10, Reasoning = 3, AudioInput = 5, ImageInput = 7 }).Cost(used).ShouldBe((5 + 7 + 10 + 3) * Usd);
        List(new ModelPrice { Input = 1, Output = 10 }).Cost(used).ShouldBe((1 + 1 + 20) * Usd);
    }

    [Fact]
    public void Cost_AudioOrImagesMadeWithoutAPrice_IsUnpriced()
    {
        var list = List(new ModelPrice { Input = 1, Output = 10 });

        list.Cost(new TokenUsage { AudioOutput = 1 }).ShouldBeNull();
        list.Cost(new TokenUsage { ImageOutput = 1 }).ShouldBeNull();
        list.Cost(new TokenUsage { WebSearches = 1 }).ShouldBeNull();
        List(new ModelPrice { AudioOutput = 20, ImageOutput = 30, WebSearch = 0.01m })
            .Cost(new TokenUsage { AudioOutput = 1_000_000, ImageOutput = 1_000_000, WebSearches = 2 }).ShouldBe((50 * Usd) + 20_000_000);
    }

    [Fact]
    public void Cost_FeePerRequest_IsAddedToEveryCall() =>
        List(new ModelPrice { Input = 1, Request = 0.005m }).Cost(new TokenUsage { Input = 1_000_000 }).ShouldBe(Usd + 5_000_000);

    [Fact]
    public void Cost_Tier_HasItsOwnPricesAndThoseItLeavesOut()
    {
        var list = List(new ModelPrice { Input = 2, Output = 8, CacheRead = 0.5m, Flex = new TierPrice { Input = 1, Output = 4 }, Priority = new TierPrice { Input = 4, Output = 16 } });
        var used = new TokenUsage(1_000_000, 1_000_000, 0, 0, 1_000_000, 0);

        list.Cost(used).ShouldBe(10_500_000_000);
        list.Cost(used with { Tier = ServiceTier.Flex }).ShouldBe(5_500_000_000);
        list.Cost(used with { Tier = ServiceTier.Priority }).ShouldBe(20_500_000_000);
        list.Cost(used with { Tier = ServiceTier.Batch }).ShouldBe(10_500_000_000);
    }

    [Fact]
    public void Cost_LongInputInATier_IsTheTiersOwnOrTheDearerOfBoth()
    {
        var price = new ModelPrice { Input = 2, Output = 8, LongContext = new LongContextPrice { AboveInputTokens = 1_000, Input = 4 } };
        var used = new TokenUsage(1_000_000, 0, 0, 0, 0, 0);

        List(price with { Flex = new TierPrice { Input = 1, LongContext = new LongContextPrice { AboveInputTokens = 1_000, Input = 2 } } })
            .Cost(used with { Tier = ServiceTier.Flex }).ShouldBe(2 * Usd);
        List(price with { Flex = new TierPrice { Input = 1 } }).Cost(used with { Tier = ServiceTier.Flex }).ShouldBe(4 * Usd);
        List(price with { Priority = new TierPrice { Input = 5 } }).Cost(used with { Tier = ServiceTier.Priority }).ShouldBe(5 * Usd);
    }

    [Fact]
    public void CostOfImages_SizeAndQuality_GoBeforeEitherAndBothBeforeAll()
    {
        var list = List(new ModelPrice
        {
            Image = 0.01m,
            Images = [new(0.02m) { Quality = "high" }, new(0.03m) { Size = "1024x1024" }, new(0.167m) { Size = "1024x1024", Quality = "high" }],
        });

        list.CostOfImages("1024X1024", "HIGH", 3).ShouldBe(501_000_000);
        list.CostOfImages("1024x1024", "low", 1).ShouldBe(30_000_000);
        list.CostOfImages("512x512", "high", 1).ShouldBe(20_000_000);
        list.CostOfImages(null, null, 1).ShouldBe(10_000_000);
        List(new ModelPrice { Images = [new(1) { Size = "4K" }] }).CostOfImages("1K", null, 1).ShouldBeNull();
    }

    [Fact]
    public void CostOfUnits_EachUnit_IsPricedByItsOwnPrice()
    {
        var list = List(new ModelPrice { Second = 0.4m, Page = 0.001m, Character = 15 });

        list.CostOfSeconds(8).ShouldBe(3_200_000_000);
        list.CostOfSeconds(0.0000025m).ShouldBe(800);
        list.CostOfPages(7).ShouldBe(7_000_000);
        list.CostOfCharacters(1_000).ShouldBe(15_000_000);
        list.CostOfImages(null, null, 1).ShouldBeNull();
        list.CostOfImages(null, null, 0).ShouldBe(0);
        list.CostOfSeconds(-1).ShouldBe(0);
        list.CostOfSeconds(decimal.MaxValue).ShouldBe(400_000_000_000_000);
        list.CostOfPages(long.MaxValue).ShouldBe(1_000_000_000_000_000_000);
        List(new ModelPrice { Page = decimal.MaxValue }).CostOfPages(long.MaxValue).ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Derivation_OfACall_NamesEachBucketWithItsRate()
    {
        var list = PriceList.From(
            new ModelPrice { Input = 1.25m, Output = 10, CacheRead = 0.125m, LongContext = new LongContextPrice { AboveInputTokens = 2_000, Input = 2.5m } }, "catalog:x/y").ShouldNotBeNull();
        var used = new TokenUsage(1_000, 2_000, 0, 0, 500, 100);

        var derivation = PriceDerivation.Of(list, used);

        (derivation.PriceId, derivation.LongContext, derivation.NanoUsd).ShouldBe(("catalog:x/y", true, list.Cost(used)));
        derivation.Lines.ShouldBe(
        [
            new PriceLine("input", 1_000, 2_500_000_000, 2_500_000),
            new PriceLine("cache_read", 2_000, 125_000_000, 250_000),
            new PriceLine("output", 400, 10_000_000_000, 4_000_000),
            new PriceLine("reasoning", 100, 10_000_000_000, 1_000_000),
        ]);
        PriceDerivation.Of(null, used).Lines[0].ShouldBe(new PriceLine("input", 1_000, null, null));
        PriceDerivation.Of(null, used).NanoUsd.ShouldBeNull();
    }

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
