using Sluice.Pricing;
using Sluice.Pricing.Import;
using Sluice.Providers;
using Sluice.TestKit;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Pricing;

public sealed class PriceFeedTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    private readonly TemporaryStorage _storage = new();
    private readonly FakeTime _time = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task SaveAsync_Prices_AreLoadedAsTheyWere()
    {
        var store = new PriceStore(_storage.Open(), _time);
        var price = new ModelPrice
        {
            Input = 1.25m,
            CacheWrite1h = 0.1m,
            Images = [new ImagePrice(0.04m) { Size = "1K" }],
            LongContext = new LongContextPrice { AboveInputTokens = 5, Output = 2 },
            Flex = new TierPrice { Input = 0.5m },
        };

        await store.SaveAsync([Price("m", Day, price) with { ContextTokens = 7 }, Price("free", Day, new ModelPrice { Output = 0 })]);

        var loaded = store.Load();
        var first = loaded[0];
        (first.Id, first.ContextTokens, first.MaxOutputTokens).ShouldBe(("import:litellm/m@2026-11-20", 7, null));
        ImportedPrice.ToJson(first.Price).ShouldBe(ImportedPrice.ToJson(price));
        (loaded[1].Price.Output, loaded[1].Price.Input).ShouldBe((0m, null));
    }

    [Fact]
    public async Task SaveAsync_SameDayAgain_ReplacesAndKeepsOtherDays()
    {
        var store = new PriceStore(_storage.Open(), _time);

        await store.SaveAsync([Price("m", Day, new ModelPrice { Input = 1 })]);
        await store.SaveAsync([Price("m", Day, new ModelPrice { Input = 2 }), Price("m", Day.AddDays(9), new ModelPrice { Input = 3 })]);

        store.Load().Select(row => row.Price.Input).ShouldBe([2m, 3m]);
        store.ReadVersion().ShouldBe(2);
    }

    [Fact]
    public async Task Changed_ImportOfAnotherProcess_IsNoticed()
    {
        var database = _storage.Open();
        using var feed = new PriceFeed(database, new PriceStore(database, _time), _time);
        var changed = new TaskCompletionSource();
        feed.Changed += changed.SetResult;
        feed.Imported.Count.ShouldBe(0);

        await new PriceStore(_storage.Open(), _time).SaveAsync([Price("m", Day, new ModelPrice { Input = 1 })]);
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(10));

        feed.Imported.Find(new PricedModel("main", "openai", "m"), Day).ShouldNotBeNull().Price.Input.ShouldBe(1m);
        feed.Imported.Find(new PricedModel("main", "openai", "m"), Day.AddDays(-1)).ShouldBeNull();
    }

    [Fact]
    public void Changed_TurnOfTheDay_IsToldOnceEachDay()
    {
        var database = _storage.Open();
        using var feed = new PriceFeed(database, new PriceStore(database, _time), _time);
        var days = new List<DateTimeOffset>();
        feed.Changed += () => days.Add(_time.GetUtcNow());

        _time.Advance(TimeSpan.FromDays(3));

        days.Select(day => day.Date).ShouldBe([new(2026, 6, 2), new(2026, 6, 3), new(2026, 6, 4)]);
    }

    private static ImportedPrice Price(string model, DateOnly from, ModelPrice price) =>
        new("litellm", model, "openai", model, from) { PriceJson = ImportedPrice.ToJson(price) };
}
