using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Pricing;

/// <summary>Finds the price of a target: what the operator says first, member by member, then the vendor's catalogue.</summary>
internal static class PriceBook
{
    /// <summary>Resolves a target's price list.</summary>
    /// <param name="target">The target with the operator's price; null for a model that is reached by its provider's name alone.</param>
    /// <param name="model">What the catalogue knows of the model; null when it does not.</param>
    /// <param name="day">The day of the call (UTC): vendors announce changes ahead.</param>
    /// <returns>Null when neither says anything: the call is served and counted as unpriced.</returns>
    public static PriceList? Resolve(TargetConfig? target, ModelInfo? model, DateOnly day)
    {
        var listed = model?.PriceOn(day);
        var own = target?.Price;
        if (own is null || listed is null)
        {
            return PriceList.From(own ?? listed);
        }

        return PriceList.From(new ModelPrice
        {
            Input = own.Input ?? listed.Input,
            Output = own.Output ?? listed.Output,
            CacheRead = own.CacheRead ?? listed.CacheRead,
            CacheWrite5m = own.CacheWrite5m ?? listed.CacheWrite5m,
            CacheWrite1h = own.CacheWrite1h ?? listed.CacheWrite1h,
            Image = own.Image ?? listed.Image,
            Second = own.Second ?? listed.Second,
            LongContext = own.LongContext ?? WithOwn(listed.LongContext, own),
        });
    }

    /// <summary>A member that the operator prices has that price at every length.</summary>
    private static LongContextPrice? WithOwn(LongContextPrice? listed, ModelPrice own) => listed is null ? null : listed with
    {
        Input = own.Input ?? listed.Input,
        Output = own.Output ?? listed.Output,
        CacheRead = own.CacheRead ?? listed.CacheRead,
        CacheWrite5m = own.CacheWrite5m ?? listed.CacheWrite5m,
        CacheWrite1h = own.CacheWrite1h ?? listed.CacheWrite1h,
    };
}
