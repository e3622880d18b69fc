using Sluice.Configuration;
using Sluice.Pricing;
using Sluice.Pricing.Import;
using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Tests.Pricing;

public class PriceBookTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private static readonly ProviderRegistry Registry = new();

    [Fact]
    public void Resolve_NeitherKnown_IsUnpriced() => Resolve(new TargetConfig(), new ModelInfo("m")).ShouldBeNull();

    [Fact]
    public void Resolve_OwnPrice_ComesBeforeTheCatalogueMemberByMember()
    {
        var target = new TargetConfig { Price = new ModelPrice { Output = 1 } };

        var list = Resolve(target, Model("anthropic", "claude-sonnet-4-6")).ShouldNotBeNull();

        list.Cost(new TokenUsage(1_000_000, 0, 0, 0, 0, 0)).ShouldBe(3_000_000_000);
        list.Cost(new TokenUsage(0, 0, 0, 0, 1_000_000, 0)).ShouldBe(1_000_000_000);
    }

    [Fact]
    public void Resolve_OwnPriceOfZero_IsKept() =>
        Resolve(new TargetConfig { Price = new ModelPrice { Input = 0 } }, Model("openai", "gpt-5.1"))
            .ShouldNotBeNull().Cost(new TokenUsage(9, 0, 0, 0, 0, 0)).ShouldBe(0);

    [Fact]
    public void Resolve_OwnPrice_HoldsForLongInputsToo()
    {
        var target = new TargetConfig { Price = new ModelPrice { Input = 1 } };

        var list = Resolve(target, Model("gemini", "gemini-2.5-pro")).ShouldNotBeNull();

        list.Cost(new TokenUsage(1_000_000, 0, 0, 0, 1_000_000, 0)).ShouldBe(1_000_000_000 + 15_000_000_000);
    }

    [Fact]
    public void Resolve_AnnouncedChange_FollowsTheDay()
    {
        var model = Model("gemini", "gemini-3.8-flash");
        var used = new TokenUsage(1_000_000, 0, 0, 0, 0, 0);

        Resolve(null, model, new DateOnly(2026, 12, 31))!.Cost(used).ShouldBe(750_000_000);
        Resolve(null, model, new DateOnly(2027, 1, 1))!.Cost(used).ShouldBe(1_500_000_000);
    }

    /// <summary>
    /// Computed by hand from the vendors' price pages: https://developers.openai.com/api/docs/pricing,
    /// https://platform.claude.com/docs/en/about-claude/pricing, https://ai.google.dev/gemini-api/docs/pricing.
    /// </summary>
    [Theory]
    // 1,000 × $1.25/M + 500 × $10/M + 2,000 × $0.125/M = $0.00125 + $0.005 + $0.00025
    [InlineData("openai", "gpt-5.1", 1_000, 2_000, 0, 0, 500, 6_500_000)]
    // 12,345 × $2/M + 67,890 × $0.10/M + 1,024 × $2.50/M + 777 × $10/M = 0.02469 + 0.006789 + 0.00256 + 0.00777
    [InlineData("openai", "gpt-6.1-sol", 12_345, 67_890, 1_024, 0, 777, 41_809_000)]
    // 300,000 > 272,000: 300,000 × $4/M + 1,000 × $15/M
    [InlineData("openai", "gpt-6.1-sol", 300_000, 0, 0, 0, 1_000, 1_215_000_000)]
    // 1 × $0.15/M + 1 × $0.60/M
    [InlineData("openai", "gpt-4o-mini-2024-07-18", 1, 0, 0, 0, 1, 750)]
    // 8,000 × $0.02/M
    [InlineData("openai", "text-embedding-3-small", 8_000, 0, 0, 0, 0, 160_000)]
    // 100 × $4 + 10,000 × $0.20 + 2,000 × $5 + 3,000 × $8 + 400 × $20, per million
    [InlineData("anthropic", "claude-opus-5-5", 100, 10_000, 2_000, 3_000, 400, 44_400_000)]
    // 50,000 + 50,000 cached is 100,000, not above it: 50,000 × $0.10 + 50,000 × $0.01 + 1,000 × $0.50, per million
    [InlineData("anthropic", "claude-haiku-5-5", 50_000, 50_000, 0, 0, 1_000, 6_000_000)]
    // one more: 50,001 × $0.50 + 50,000 × $0.05 + 1,000 × $2.50, per million
    [InlineData("anthropic", "claude-haiku-5-5", 50_001, 50_000, 0, 0, 1_000, 30_000_500)]
    // 10 × $1 + 20 × $5, per million
    [InlineData("anthropic", "claude-haiku-4-5-20251001", 10, 0, 0, 0, 20, 110_000)]
    // 200,000 × $1.25 + 1,000 × $10, per million
    [InlineData("gemini", "gemini-2.5-pro", 200_000, 0, 0, 0, 1_000, 260_000_000)]
    // 150,000 × $2.50 + 50,001 × $0.25 + 1,000 × $15, per million
    [InlineData("gemini", "gemini-2.5-pro", 150_000, 50_001, 0, 0, 1_000, 402_500_250)]
    // 1,000 × $2 + 9,000 × $0.10 + 100 × $10, per million
    [InlineData("gemini", "gemini-4-argon", 1_000, 9_000, 0, 0, 100, 3_900_000)]
    public void Resolve_GoldenCalls_CostWhatTheVendorBills(
        string provider, string model, long input, long cacheRead, long write5m, long write1h, long output, long nano) =>
        Resolve(null, Model(provider, model)).ShouldNotBeNull()
            .Cost(new TokenUsage(input, cacheRead, write5m, write1h, output, 0)).ShouldBe(nano);

    /// <summary>Buckets beyond text: computed by hand from the pages that stand beside each.</summary>
    [Theory]
    // https://platform.claude.com/docs/en/about-claude/pricing: $10 per 1,000 searches; 1,000 × $5 + 200 × $25, per million, and 3 searches
    [InlineData("anthropic", "claude-opus-5", 1_000, 0, 200, 3, ServiceTier.Standard, 40_000_000)]
    // https://platform.claude.com/docs/en/build-with-claude/fast-mode: 1,000 × $30 + 200 × $150, per million
    [InlineData("anthropic", "claude-opus-4-6", 1_000, 0, 200, 0, ServiceTier.Fast, 60_000_000)]
    // The same model in no tier that has a price of its own: 1,000 × $5 + 200 × $25, per million
    [InlineData("anthropic", "claude-opus-4-6", 1_000, 0, 200, 0, ServiceTier.Priority, 10_000_000)]
    // https://ai.google.dev/gemini-api/docs/pricing: 1,000 × $0.10 text + 2,000 × $0.70 audio + 100 × $0.40, per million
    [InlineData("gemini", "gemini-2.0-flash", 1_000, 2_000, 100, 0, ServiceTier.Standard, 1_540_000)]
    public void Resolve_GoldenCallsBeyondText_CostWhatTheVendorBills(
        string provider, string model, long input, long audio, long output, long searches, ServiceTier tier, long nano) =>
        Resolve(null, Model(provider, model)).ShouldNotBeNull()
            .Cost(new TokenUsage(input, 0, 0, 0, output, 0) { AudioInput = audio, WebSearches = searches, Tier = tier }).ShouldBe(nano);

    [Fact]
    public void Resolve_Import_StandsBetweenOperatorAndCatalogue()
    {
        var imports = new ImportedPrices(
        [
            Import("openai", "gpt-5.1", new DateOnly(2026, 11, 1), new ModelPrice { Input = 7, Output = 70 }),
            Import("openai", "gpt-5.1", new DateOnly(2026, 12, 1), new ModelPrice { Input = 9, Output = 90 }),
        ]);
        var used = new TokenUsage(1_000_000, 0, 0, 0, 1_000_000, 0);
        var target = new TargetConfig { Price = new ModelPrice { Output = 1 } };

        var before = Resolve(null, Model("openai", "gpt-5.1"), new DateOnly(2026, 10, 31), imports)!;
        var listed = Resolve(null, Model("openai", "gpt-5.1"), Today, imports)!;
        var later = Resolve(null, Model("openai", "gpt-5.1"), new DateOnly(2026, 12, 1), imports)!;
        var own = Resolve(target, Model("openai", "gpt-5.1"), Today, imports)!;

        (before.Id, before.Cost(used)).ShouldBe(("catalog:openai/gpt-5.1@2026-11-05", 11_250_000_000));
        (listed.Id, listed.Cost(used)).ShouldBe(("import:litellm/gpt-5.1@2026-11-01", 77_000_000_000));
        (later.Id, later.Cost(used)).ShouldBe(("import:litellm/gpt-5.1@2026-12-01", 99_000_000_000));
        (own.Id, own.Cost(used)).ShouldBe(("operator:main/gpt-5.1+import:litellm/gpt-5.1@2026-11-01", 8_000_000_000));
    }

    [Fact]
    public void Resolve_AnnouncedChange_NamesItsDay() =>
        Resolve(null, Model("gemini", "gemini-3.8-flash"), new DateOnly(2027, 2, 3))!.Id.ShouldBe("catalog:gemini/gemini-3.8-flash@2027-01-01");

    [Fact]
    public void Resolve_OperatorAlone_HasItsOwnId() =>
        Resolve(new TargetConfig { Price = new ModelPrice { Input = 1 } }, new ModelInfo("m"))!.Id.ShouldBe("operator:main/m");

    [Fact]
    public void Resolve_OpenAICompatible_TakesTheVendorFromTheProvidersName()
    {
        var imports = new ImportedPrices([Import("deepinfra", "llama", Today, new ModelPrice { Input = 1 })]);

        PriceBook.Resolve(new PricedModel("deepinfra", "openai-compatible", "llama"), null, null, imports, Today).ShouldNotBeNull();
        PriceBook.Resolve(new PricedModel("mine", "openai-compatible", "llama"), null, null, imports, Today).ShouldBeNull();
    }

    private static ImportedPrice Import(string provider, string model, DateOnly from, ModelPrice price) =>
        new("litellm", model, provider, model, from) { PriceJson = ImportedPrice.ToJson(price) };

    private static PriceList? Resolve(TargetConfig? target, ModelInfo model, DateOnly? day = null, ImportedPrices? imports = null)
    {
        var type = Registry.All.FirstOrDefault(provider => provider.Descriptor.FindModel(model.Id) is not null)?.Descriptor.Type ?? "openai";
        return PriceBook.Resolve(new PricedModel("main", type, model.Id), target, model, imports ?? ImportedPrices.None, day ?? Today);
    }

    private static ModelInfo Model(string provider, string id) =>
        Registry.Find(provider).ShouldNotBeNull().Descriptor.FindModel(id).ShouldNotBeNull();
}
