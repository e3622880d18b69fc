using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Providers;

namespace Sluice.Pricing.Import;

/// <summary>A price that was read from a public catalogue.</summary>
/// <param name="Source">The catalogue: <c>litellm</c> or <c>models-dev</c>.</param>
/// <param name="Name">The entry's name there.</param>
/// <param name="Provider">The provider type; the catalogue's own name for the vendor where Sluice has no such type.</param>
/// <param name="Model">The vendor's model id.</param>
/// <param name="EffectiveFrom">The first day (UTC) that it holds.</param>
internal sealed record ImportedPrice(string Source, string Name, string Provider, string Model, DateOnly EffectiveFrom)
{
    private readonly Lazy<ModelPrice>? _parsed;

    /// <summary>The price as JSON, as the database has it; read when it is first asked for, since most entries never are.</summary>
    public required string PriceJson
    {
        get;
        init
        {
            field = value;
            _parsed = new Lazy<ModelPrice>(() => JsonSerializer.Deserialize(value, PriceJsonContext.Default.ModelPrice) ?? new ModelPrice());
        }
    }

    /// <summary>Tokens that the model can take in; null when the catalogue does not say.</summary>
    public long? ContextTokens { get; init; }

    /// <summary>Tokens that the model can put out in one answer; null when the catalogue does not say.</summary>
    public long? MaxOutputTokens { get; init; }

    public ModelPrice Price => _parsed!.Value;

    /// <summary>The id that records carry.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"import:{Source}/{Name}@{EffectiveFrom:yyyy-MM-dd}");

    /// <summary>The JSON of a price.</summary>
    public static string ToJson(ModelPrice price) => JsonSerializer.Serialize(price, PriceJsonContext.Default.ModelPrice);
}

/// <summary>The form of prices in the database: that of <c>models.json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelPrice))]
internal sealed partial class PriceJsonContext : JsonSerializerContext;
