using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Providers;

namespace Sluice.Pricing.Import;

/// <summary>
/// Reads LiteLLM's <c>model_prices_and_context_window.json</c>: one flat object of models, prices per token as floats such as
/// <c>1.25e-06</c>, conditions in the members' names (<c>_above_200k_tokens</c>, <c>_priority</c>).
/// </summary>
internal sealed partial class LiteLlmReader(CatalogueImport import)
{
    public const string Source = "litellm";

    /// <summary>Documentation of the format inside of it.</summary>
    private const string Sample = "sample_spec";

    private static readonly string[] SearchSizes = ["low", "medium", "high"];

    private readonly Dictionary<(string Provider, string Model), List<ImagePrice>> _images = [];

    public void Read(JsonElement root)
    {
        foreach (var member in root.EnumerateObject().Where(member => member.Name != Sample))
        {
            if (member.Value.ValueKind != JsonValueKind.Object)
            {
                import.Refuse(member.Name, "it is not an object");
                continue;
            }

            var entry = new CatalogueEntry(member.Value);
            if (entry.Text("litellm_provider") is not { Length: > 0 } vendor)
            {
                import.Refuse(member.Name, "litellm_provider is missing");
                continue;
            }

            var provider = CatalogueVendors.TypeOf(vendor);
            var model = WithoutVendor(member.Name, vendor);
            if (ImageName().Match(model) is { Success: true } image)
            {
                AddImage(member.Name, provider, image, entry);
            }
            else
            {
                import.Add(member.Name, provider, model, PriceOf(entry), entry, entry.Count("max_input_tokens"), entry.Count("max_output_tokens"));
            }
        }

        AddImageModels();
    }

    private static string WithoutVendor(string name, string vendor)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && vendor.StartsWith(name[..slash], StringComparison.Ordinal) ? name[(slash + 1)..] : name;
    }

    private static ModelPrice PriceOf(CatalogueEntry entry)
    {
        var bound = BoundOf(entry);
        var price = new ModelPrice
        {
            Image = entry.Each("output_cost_per_image") ?? (entry.Text("mode") == "image_generation" ? entry.Each("input_cost_per_image") : null),
            Second = SecondOf(entry),
            Page = entry.Each("ocr_cost_per_page"),
            Character = entry.PerToken("input_cost_per_character"),
            Request = entry.Each("input_cost_per_request") ?? entry.Each("input_cost_per_query"),
            WebSearch = WebSearchOf(entry),
            LongContext = bound is { } usual ? Long(entry, usual, "") : null,
            Batch = Tier(entry, bound, "_batches"),
            Flex = Tier(entry, bound, "_flex"),
            Priority = Tier(entry, bound, "_priority"),
        };
        return Tokens(entry, price, "", "");
    }

    /// <summary>The members of one condition.</summary>
    /// <param name="entry">Where they stand.</param>
    /// <param name="prices">What they are added to.</param>
    /// <param name="above">Such as <c>_above_200k_tokens</c>.</param>
    /// <param name="tier">Such as <c>_priority</c>.</param>
    private static T Tokens<T>(CatalogueEntry entry, T prices, string above, string tier)
        where T : TokenPrices => prices with
        {
            Input = entry.PerToken($"input_cost_per_token{above}{tier}"),
            Output = entry.PerToken($"output_cost_per_token{above}{tier}"),
            CacheRead = entry.PerToken($"cache_read_input_token_cost{above}{tier}"),
            CacheWrite5m = entry.PerToken($"cache_creation_input_token_cost{above}{tier}"),
            CacheWrite1h = entry.PerToken($"cache_creation_input_token_cost_above_1hr{above}{tier}"),
            Reasoning = entry.PerToken($"output_cost_per_reasoning_token{above}{tier}"),
            AudioInput = entry.PerToken($"input_cost_per_audio_token{above}{tier}"),
            AudioOutput = entry.PerToken($"output_cost_per_audio_token{above}{tier}"),
            ImageInput = entry.PerToken($"input_cost_per_image_token{above}{tier}"),
            ImageOutput = entry.PerToken($"output_cost_per_image_token{above}{tier}"),
        };

    private static LongContextPrice Long(CatalogueEntry entry, long bound, string tier) => Tokens(
        entry,
        new LongContextPrice { AboveInputTokens = bound * 1000 },
        string.Create(CultureInfo.InvariantCulture, $"_above_{bound}k_tokens"),
        tier);

    private static TierPrice? Tier(CatalogueEntry entry, long? bound, string tier)
    {
        var price = Tokens(entry, new TierPrice(), "", tier);
        var longer = bound is { } above ? Long(entry, above, tier) : null;
        if (longer is not null && longer == new LongContextPrice { AboveInputTokens = longer.AboveInputTokens })
        {
            longer = null;
        }

        price = price with { LongContext = longer };
        return price == new TierPrice() ? null : price;
    }

    /// <summary>The one bound, in thousands of tokens, from which a call has another price; null when there is none.</summary>
    private static long? BoundOf(CatalogueEntry entry)
    {
        if (entry.Has("tiered_pricing"))
        {
            entry.Refuse("tiered_pricing has more steps than one call can be charged by");
            return null;
        }

        var bounds = entry.Names.Select(name => AboveTokens().Match(name)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value).Distinct().ToList();
        if (bounds.Count == 0)
        {
            return null;
        }

        if (bounds.Count > 1 || !long.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var bound) || bound is 0 or > 100_000)
        {
            entry.Refuse($"it has prices above {string.Join(" and ", bounds)} thousand tokens; one sensible bound can be charged by");
            return null;
        }

        return bound;
    }

    /// <summary>Of the audio that is heard, or of the video or audio that is made.</summary>
    private static decimal? SecondOf(CatalogueEntry entry) => entry.Text("mode") == "audio_transcription"
        ? entry.Each("input_cost_per_second")
        : entry.Each("output_cost_per_second") ?? entry.Each("output_cost_per_video_per_second");

    /// <summary>The dearest of the sizes: answers do not say which one was searched.</summary>
    private static decimal? WebSearchOf(CatalogueEntry entry)
    {
        if (entry.Object("search_context_cost_per_query") is not { } sizes)
        {
            return null;
        }

        var dearest = SearchSizes.Max(size => sizes.Each($"search_context_size_{size}"));
        entry.Refuse(sizes.Fault);
        return dearest;
    }

    /// <summary>An entry such as <c>hd/1024-x-1792/dall-e-3</c>: one size and quality of a model.</summary>
    private void AddImage(string name, string provider, Match image, CatalogueEntry entry)
    {
        if (!long.TryParse(image.Groups["width"].Value, out var width) || !long.TryParse(image.Groups["height"].Value, out var height)
            || width is 0 or > 100_000 || height is 0 or > 100_000)
        {
            import.Refuse(name, "its size is absurd");
            return;
        }

        var usd = entry.Each("output_cost_per_image") ?? entry.Each("input_cost_per_image") ?? entry.Each("input_cost_per_pixel", width * height);
        if (entry.Fault is { } fault)
        {
            import.Refuse(name, fault);
        }
        else if (usd is { } price)
        {
            var key = (provider, image.Groups["model"].Value);
            var images = _images.TryGetValue(key, out var list) ? list : _images[key] = [];
            images.Add(new ImagePrice(price)
            {
                Size = string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"),
                Quality = image.Groups["quality"] is { Success: true } quality ? quality.Value : null,
            });
        }
    }

    private void AddImageModels()
    {
        foreach (var ((provider, model), images) in _images)
        {
            import.AddImages(provider, model, images);
        }
    }

    [GeneratedRegex(@"_above_(\d+)k_tokens")]
    private static partial Regex AboveTokens();

    [GeneratedRegex(@"^(?:(?<quality>[a-z]+)/)?(?<width>\d+)-x-(?<height>\d+)/(?<model>.+)$")]
    private static partial Regex ImageName();
}
