using System.Text.Json;

namespace Sluice.Providers.Catalogue;

/// <summary>The form of <c>models.json</c>.</summary>
/// <param name="Source">The pages that the data was taken from.</param>
/// <param name="Checked">The day it was last compared with them.</param>
/// <param name="Models">Newest first.</param>
internal sealed record CatalogueFile(IReadOnlyList<string> Source, DateOnly Checked, IReadOnlyList<ModelInfo> Models)
{
    /// <summary>Reads the file; throws for a member that it does not know.</summary>
    public static CatalogueFile Read(JsonElement json)
    {
        var file = new DataObject(json);
        return file.Close(new CatalogueFile(file.Texts("source"), file.Date("checked") ?? default, file.List("models", ReadModel)));
    }

    private static ModelInfo ReadModel(JsonElement json)
    {
        var model = new DataObject(json);
        return model.Close(new ModelInfo(model.Text("id") ?? "")
        {
            DisplayName = model.Text("display_name"),
            ContextTokens = model.Integer("context_tokens"),
            MaxOutputTokens = model.Integer("max_output_tokens"),
            Price = model.Object("price", ReadPrice),
            Released = model.Date("released"),
            Deprecated = model.Date("deprecated"),
            Retires = model.Date("retires"),
            Operations = model.Texts("operations"),
            Aliases = model.Texts("aliases"),
            Successor = model.Text("successor"),
            PriceChanges = model.List("price_changes", ReadPriceChange),
        });
    }

    private static PriceChange ReadPriceChange(JsonElement json)
    {
        var change = new DataObject(json);
        return change.Close(new PriceChange(change.Date("from") ?? default, change.Object("price", ReadPrice) ?? new ModelPrice()));
    }

    private static ModelPrice ReadPrice(JsonElement json)
    {
        var price = new DataObject(json);
        return price.Close(new ModelPrice
        {
            Input = price.Decimal("input"),
            Output = price.Decimal("output"),
            CacheRead = price.Decimal("cache_read"),
            CacheWrite5m = price.Decimal("cache_write_5m"),
            CacheWrite1h = price.Decimal("cache_write_1h"),
            Image = price.Decimal("image"),
            Second = price.Decimal("second"),
            LongContext = price.Object("long_context", ReadLongContextPrice),
        });
    }

    private static LongContextPrice ReadLongContextPrice(JsonElement json)
    {
        var price = new DataObject(json);
        return price.Close(new LongContextPrice
        {
            AboveInputTokens = price.Integer("above_input_tokens") ?? 0,
            Input = price.Decimal("input"),
            Output = price.Decimal("output"),
            CacheRead = price.Decimal("cache_read"),
            CacheWrite5m = price.Decimal("cache_write_5m"),
            CacheWrite1h = price.Decimal("cache_write_1h"),
        });
    }
}
