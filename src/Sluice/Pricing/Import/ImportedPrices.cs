using System.Collections.Frozen;

namespace Sluice.Pricing.Import;

/// <summary>The imported prices in force, by vendor and model. Immutable.</summary>
internal sealed class ImportedPrices
{
    /// <summary>The provider type of servers that Sluice knows nothing of; their vendor is what the operator calls them.</summary>
    private const string AnyVendor = "openai-compatible";

    /// <summary>Nothing was imported.</summary>
    public static readonly ImportedPrices None = new([]);

    private readonly FrozenDictionary<(string Provider, string Model), ImportedPrice[]> _byModel;

    /// <param name="prices">In the order of their import: of two for one day the later one holds.</param>
    public ImportedPrices(IEnumerable<ImportedPrice> prices) => _byModel = prices
        .GroupBy(price => (price.Provider, price.Model))
        .ToFrozenDictionary(group => group.Key, group => group.OrderBy(price => price.EffectiveFrom).ToArray());

    public int Count => _byModel.Count;

    /// <summary>The price of a model on a day; null when none was imported.</summary>
    public ImportedPrice? Find(in PricedModel model, DateOnly day)
    {
        var vendor = model.Type == AnyVendor ? model.Provider : model.Type;
        return _byModel.TryGetValue((vendor, model.Model), out var prices)
            ? Array.FindLast(prices, price => price.EffectiveFrom <= day)
            : null;
    }
}
