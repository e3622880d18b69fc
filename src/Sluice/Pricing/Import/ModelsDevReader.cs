using System.Text.Json;
using Sluice.Providers;

namespace Sluice.Pricing.Import;

/// <summary>
/// Reads the <c>api.json</c> of models.dev: vendors, their models, and of each a <c>cost</c> in USD per million tokens.
/// </summary>
internal static class ModelsDevReader
{
    public const string Source = "models-dev";

    private const long NamedBound = 200_000;

    public static void Read(JsonElement root, CatalogueImport import)
    {
        foreach (var vendor in root.EnumerateObject())
        {
            if (vendor.Value.ValueKind != JsonValueKind.Object
                || !vendor.Value.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Object)
            {
                import.Refuse(vendor.Name, "it has no models");
                continue;
            }

            foreach (var model in models.EnumerateObject())
            {
                Add(import, vendor.Name, model);
            }
        }
    }

    private static void Add(CatalogueImport import, string vendor, JsonProperty model)
    {
        var name = $"{vendor}/{model.Name}";
        if (model.Value.ValueKind != JsonValueKind.Object)
        {
            import.Refuse(name, "it is not an object");
            return;
        }

        var entry = new CatalogueEntry(model.Value);
        var cost = entry.Object("cost");
        if (cost is null && entry.Has("cost"))
        {
            import.Refuse(name, "cost is not an object");
            return;
        }

        var price = cost is null ? new ModelPrice() : Tokens(cost, new ModelPrice { LongContext = LongOf(cost) });
        entry.Refuse(cost?.Fault);
        var limit = entry.Object("limit");
        import.Add(name, CatalogueVendors.TypeOf(vendor), model.Name, price, entry, limit?.Count("context"), limit?.Count("output"));
    }

    private static T Tokens<T>(CatalogueEntry cost, T prices)
        where T : TokenPrices => prices with
        {
            Input = cost.PerMillion("input"),
            Output = cost.PerMillion("output"),
            CacheRead = cost.PerMillion("cache_read"),
            CacheWrite5m = cost.PerMillion("cache_write"),
            Reasoning = cost.PerMillion("reasoning"),
            AudioInput = cost.PerMillion("input_audio"),
            AudioOutput = cost.PerMillion("output_audio"),
        };

    /// <summary>The newer <c>tiers</c> name their bound; where both stand, the bound in the older member's name is wrong for some vendors.</summary>
    private static LongContextPrice? LongOf(CatalogueEntry cost)
    {
        var tiers = cost.List("tiers").ToList();
        if (tiers.Count > 1)
        {
            cost.Refuse("tiers has more steps than one call can be charged by");
            return null;
        }

        var (prices, bound) = tiers.Count == 1 ? (tiers[0], tiers[0].Object("tier")?.Count("size")) : (cost.Object("context_over_200k"), NamedBound);
        if (prices is null)
        {
            return null;
        }

        if (bound is not { } above || (tiers.Count == 1 && tiers[0].Object("tier")?.Text("type") != "context"))
        {
            cost.Refuse("tiers has a step that is not a number of input tokens");
            return null;
        }

        var longer = Tokens(prices, new LongContextPrice { AboveInputTokens = above });
        cost.Refuse(prices.Fault);
        return longer;
    }
}
