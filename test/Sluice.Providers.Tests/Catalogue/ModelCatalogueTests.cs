using Sluice.Providers.Catalogue;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests.Catalogue;

public class ModelCatalogueTests
{
    public static TheoryData<string> Catalogues => ["openai", "anthropic", "gemini", "simulator"];

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Models_EveryFile_IsCompleteAndConsistent(string type)
    {
        var catalogue = Get(type).Descriptor.Models.ShouldBeOfType<ModelCatalogue>();
        catalogue.Count.ShouldBePositive();
        catalogue.Source.ShouldNotBeEmpty();
        catalogue.Checked.ShouldBeGreaterThan(new DateOnly(2026, 1, 1));
        catalogue.SelectMany(model => model.Aliases.Prepend(model.Id)).ShouldBeUnique();

        var operations = Get(type).Descriptor.Operations.Select(row => row.Operation.Name).ToHashSet();
        foreach (var model in catalogue)
        {
            model.DisplayName.ShouldNotBeNullOrWhiteSpace(model.Id);
            model.Operations.ShouldBeSubsetOf(operations, model.Id);
            (model.Released ?? DateOnly.MinValue).ShouldBeLessThan(model.Retires ?? DateOnly.MaxValue, model.Id);
            (model.Deprecated ?? DateOnly.MinValue).ShouldBeLessThan(model.Retires ?? DateOnly.MaxValue, model.Id);
            model.Aliases.ShouldAllBe(alias => catalogue.Find(alias) == model);
            foreach (var price in model.PriceChanges.Select(change => change.Price).Prepend(model.Price).OfType<ModelPrice>())
            {
                CheckPrice(price, model.Id);
            }
        }
    }

    [Theory]
    [InlineData("openai", "gpt-5", "gpt-5.6-sol", "2026-12-11")]
    [InlineData("openai", "gpt-4o-mini-2024-07-18", "gpt-6-luna", "2027-01-14")]
    [InlineData("openai", "dall-e-3", null, "2026-05-12")]
    [InlineData("openai", "sora-2", null, "2026-09-24")]
    [InlineData("anthropic", "claude-sonnet-4-20250514", "claude-sonnet-4-6", "2026-06-15")]
    [InlineData("anthropic", "claude-sonnet-4-5", "claude-sonnet-5-5", "2026-11-30")]
    [InlineData("gemini", "gemini-3-pro-preview", "gemini-3.1-pro-preview", "2026-03-09")]
    [InlineData("gemini", "gemini-2.5-pro", "gemini-3.8-flash", "2026-12-01")]
    public void FindModel_ModelWithAnEnd_NamesDayAndSuccessor(string type, string id, string? successor, string retires)
    {
        var model = Get(type).Descriptor.FindModel(id).ShouldNotBeNull();

        model.Successor.ShouldBe(successor);
        var day = DateOnly.Parse(retires, System.Globalization.CultureInfo.InvariantCulture);
        model.Retires.ShouldBe(day);
        model.IsRetired(day.AddDays(-1)).ShouldBeFalse();
        model.IsRetired(day).ShouldBeTrue();
    }

    [Fact]
    public void FindModel_UnknownOrPartOfAName_IsNull()
    {
        Get("openai").Descriptor.FindModel("gpt-5-2099-01-01").ShouldBeNull();
        Get("groq").Descriptor.FindModel("gpt-5").ShouldBeNull();
    }

    [Fact]
    public void Successor_WhereNamed_IsItselfKnown()
    {
        foreach (var type in new[] { "anthropic", "gemini" })
        {
            var descriptor = Get(type).Descriptor;
            descriptor.Models.Where(model => model.Successor is not null)
                .ShouldAllBe(model => descriptor.FindModel(model.Successor!) != null);
        }
    }

    [Fact]
    public void PriceOn_AnnouncedChange_TakesEffectOnItsDay()
    {
        var model = Get("gemini").Descriptor.FindModel("gemini-4-argon").ShouldNotBeNull();

        model.PriceOn(new DateOnly(2026, 11, 30)).ShouldNotBeNull().Output.ShouldBe(10);
        model.PriceOn(new DateOnly(2026, 12, 1)).ShouldNotBeNull().Output.ShouldBe(20);
    }

    [Fact]
    public void Models_Simulator_AreThoseThatItServes()
    {
        var descriptor = Get("simulator").Descriptor;
        var models = descriptor.Models;
        models.Select(model => model.Id).ShouldBe(["sim-small", "sim-large", "sim-think", "sim-realtime", "sim-embed", "sim-moderation"]);
        models.ShouldAllBe(model => model.Price!.Input > 0);
        models.SelectMany(model => model.Operations).Distinct().ShouldBe(descriptor.Operations.Select(row => row.Operation.Name), ignoreOrder: true);
    }

    private static void CheckPrice(ModelPrice price, string id)
    {
        price.Input.ShouldNotBeNull(id);
        var members = new[] { price.Input, price.Output, price.CacheRead, price.CacheWrite5m, price.CacheWrite1h }.OfType<decimal>();
        members.ShouldAllBe(member => member >= 0 && member <= 1000, id);
        (price.CacheRead ?? 0).ShouldBeLessThanOrEqualTo(price.Input.Value, id);
        if (price.LongContext is { } tier)
        {
            tier.AboveInputTokens.ShouldBeGreaterThan(0, id);
            tier.Input.ShouldNotBeNull(id).ShouldBeGreaterThan(price.Input.Value, id);
        }
    }
}
