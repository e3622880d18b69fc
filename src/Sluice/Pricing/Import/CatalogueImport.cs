using System.Text.Json;
using Sluice.Providers;

namespace Sluice.Pricing.Import;

/// <summary>An entry that was not taken, and why.</summary>
internal sealed record RefusedEntry(string Name, string Reason);

/// <summary>A catalogue that cannot be read at all.</summary>
internal sealed class CatalogueException(string message) : Exception(message);

/// <summary>What a catalogue's file gives: prices, and the entries that were refused.</summary>
internal sealed class CatalogueImport(string source, DateOnly effectiveFrom)
{
    /// <summary>The formats by the names that records and commands use.</summary>
    public static readonly IReadOnlyList<string> Formats = [LiteLlmReader.Source, ModelsDevReader.Source];

    private readonly Dictionary<(string Provider, string Model), ImportedPrice> _prices = [];
    private readonly List<RefusedEntry> _refused = [];

    /// <summary>One of <see cref="Formats"/>.</summary>
    public string Source { get; } = source;

    public DateOnly EffectiveFrom { get; } = effectiveFrom;

    public IReadOnlyCollection<ImportedPrice> Prices => _prices.Values;

    public IReadOnlyList<RefusedEntry> Refused => _refused;

    /// <summary>Entries without any price, which are left out.</summary>
    public int WithoutPrice { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its content.</param>
    /// <param name="format">One of <see cref="Formats"/>; null finds out.</param>
    /// <param name="effectiveFrom">The first day of the prices.</param>
    /// <exception cref="CatalogueException">It is no JSON, or none of the formats.</exception>
    public static CatalogueImport Read(ReadOnlyMemory<byte> json, string? format, DateOnly effectiveFrom)
    {
        using var document = Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CatalogueException("it is not a JSON object");
        }

        var source = format ?? Detect(root) ?? throw new CatalogueException("it is neither LiteLLM's nor models.dev's catalogue; --format says which one to try");
        var import = new CatalogueImport(source, effectiveFrom);
        if (source == LiteLlmReader.Source)
        {
            new LiteLlmReader(import).Read(root);
        }
        else
        {
            ModelsDevReader.Read(root, import);
        }

        return import;
    }

    /// <summary>Takes an entry's price, or refuses it.</summary>
    public void Add(string name, string provider, string model, ModelPrice price, CatalogueEntry entry, long? contextTokens, long? maxOutputTokens)
    {
        if (entry.Fault is { } fault)
        {
            Refuse(name, fault);
            return;
        }

        if (PriceList.From(price) is null)
        {
            WithoutPrice++;
            return;
        }

        var imported = new ImportedPrice(Source, name, provider, model, EffectiveFrom)
        {
            PriceJson = ImportedPrice.ToJson(price),
            ContextTokens = contextTokens,
            MaxOutputTokens = maxOutputTokens,
        };
        if (!_prices.TryAdd((provider, model), imported) && _prices[(provider, model)].PriceJson != imported.PriceJson)
        {
            Refuse(name, $"{_prices[(provider, model)].Name} gives the same model another price");
        }
    }

    /// <summary>Adds prices by size and quality to a model, which may have no entry of its own.</summary>
    public void AddImages(string provider, string model, IReadOnlyList<ImagePrice> images)
    {
        var known = _prices.GetValueOrDefault((provider, model)) ?? new ImportedPrice(Source, model, provider, model, EffectiveFrom) { PriceJson = "{}" };
        _prices[(provider, model)] = known with { PriceJson = ImportedPrice.ToJson(known.Price with { Images = images }) };
    }

    public void Refuse(string name, string reason) => _refused.Add(new RefusedEntry(name, reason));

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException e)
        {
            throw new CatalogueException($"it is not valid JSON: {e.Message}");
        }
    }

    /// <summary>models.dev has vendors with <c>models</c>; LiteLLM has models with <c>litellm_provider</c>.</summary>
    private static string? Detect(JsonElement root)
    {
        foreach (var entry in root.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Object).Select(entry => entry.Value))
        {
            if (entry.TryGetProperty("models", out var models) && models.ValueKind == JsonValueKind.Object)
            {
                return ModelsDevReader.Source;
            }

            if (entry.TryGetProperty("litellm_provider", out _))
            {
                return LiteLlmReader.Source;
            }
        }

        return null;
    }
}
