using System.Globalization;
using Sluice.Configuration;
using Sluice.Pricing.Import;
using Sluice.Providers;

namespace Sluice.Pricing;

/// <summary>An upstream model that is to be priced.</summary>
/// <param name="Provider">The provider's name in the configuration.</param>
/// <param name="Type">The provider's type.</param>
/// <param name="Model">The vendor's model id.</param>
internal readonly record struct PricedModel(string Provider, string Type, string Model);

/// <summary>
/// Finds the price of a target: what the operator says first, member by member, then the price that was imported for the
/// model, then the vendor's catalogue.
/// </summary>
internal static class PriceBook
{
    /// <summary>Resolves a target's price list.</summary>
    /// <param name="priced">What is priced.</param>
    /// <param name="target">The target with the operator's price; null for a model that is reached by its provider's name alone.</param>
    /// <param name="model">What the catalogue knows of the model; null when it does not.</param>
    /// <param name="imported">The prices that were imported.</param>
    /// <param name="day">The day of the call (UTC): vendors announce changes ahead.</param>
    /// <returns>Null when none of them says anything: the call is unpriced.</returns>
    public static PriceList? Resolve(in PricedModel priced, TargetConfig? target, ModelInfo? model, ImportedPrices imported, DateOnly day)
    {
        var import = imported.Find(in priced, day);
        var listed = import?.Price ?? model?.PriceOn(day);
        var listedId = listed is null ? "" : import?.Id ?? CatalogueId(in priced, model!, day);
        var list = target?.Price is { } own
            ? PriceList.From(Merge(own, listed), OperatorId(in priced, own, listed, listedId))
            : PriceList.From(listed, listedId);
        return list is null || import is null ? list : list.WithLimits(import.ContextTokens, import.MaxOutputTokens);
    }

    private static string CatalogueId(in PricedModel priced, ModelInfo model, DateOnly day)
    {
        var since = model.PricedSince(day);
        return string.Create(CultureInfo.InvariantCulture, $"catalog:{priced.Type}/{model.Id}{(since is { } from ? $"@{from:yyyy-MM-dd}" : "")}");
    }

    private static string OperatorId(in PricedModel priced, ModelPrice own, ModelPrice? listed, string listedId)
    {
        var id = $"operator:{priced.Provider}/{priced.Model}";
        return listed is null || Merge(own, listed) == own ? id : $"{id}+{listedId}";
    }

    private static ModelPrice Merge(ModelPrice own, ModelPrice? listed) => listed is null ? own : own with
    {
        Input = own.Input ?? listed.Input,
        Output = own.Output ?? listed.Output,
        CacheRead = own.CacheRead ?? listed.CacheRead,
        CacheWrite5m = own.CacheWrite5m ?? listed.CacheWrite5m,
        CacheWrite1h = own.CacheWrite1h ?? listed.CacheWrite1h,
        Reasoning = own.Reasoning ?? (own.Output is null ? listed.Reasoning : null),
        AudioInput = own.AudioInput ?? listed.AudioInput,
        AudioOutput = own.AudioOutput ?? listed.AudioOutput,
        ImageInput = own.ImageInput ?? listed.ImageInput,
        ImageOutput = own.ImageOutput ?? listed.ImageOutput,
        Image = own.Image ?? listed.Image,
        Images = own.Images.Count > 0 ? own.Images : own.Image is null ? listed.Images : [],
        Second = own.Second ?? listed.Second,
        Page = own.Page ?? listed.Page,
        Character = own.Character ?? listed.Character,
        Request = own.Request ?? listed.Request,
        WebSearch = own.WebSearch ?? listed.WebSearch,
        LongContext = own.LongContext ?? (listed.LongContext is { } longer ? WithOwn(longer, own) : null),
        Batch = own.Batch ?? WithOwn(listed.Batch, own),
        Flex = own.Flex ?? WithOwn(listed.Flex, own),
        Priority = own.Priority ?? WithOwn(listed.Priority, own),
        Fast = own.Fast ?? WithOwn(listed.Fast, own),
    };

    private static TierPrice? WithOwn(TierPrice? listed, ModelPrice own) => listed is null ? null : WithOwn<TierPrice>(listed, own) with
    {
        LongContext = listed.LongContext is { } longer ? WithOwn(longer, own) : null,
    };

    /// <summary>A member that the operator prices has that price at every length and in every tier.</summary>
    private static T WithOwn<T>(T listed, ModelPrice own)
        where T : TokenPrices => listed with
        {
            Input = own.Input ?? listed.Input,
            Output = own.Output ?? listed.Output,
            CacheRead = own.CacheRead ?? listed.CacheRead,
            CacheWrite5m = own.CacheWrite5m ?? listed.CacheWrite5m,
            CacheWrite1h = own.CacheWrite1h ?? listed.CacheWrite1h,
            Reasoning = own.Reasoning ?? (own.Output is null ? listed.Reasoning : null),
            AudioInput = own.AudioInput ?? listed.AudioInput,
            AudioOutput = own.AudioOutput ?? listed.AudioOutput,
            ImageInput = own.ImageInput ?? listed.ImageInput,
            ImageOutput = own.ImageOutput ?? listed.ImageOutput,
        };
}
