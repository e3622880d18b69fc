using System.Text.Json;

namespace Sluice.Pricing.Import;

/// <summary>Reads the members of one entry of a catalogue and remembers the first that cannot be used.</summary>
internal sealed class CatalogueEntry(JsonElement members)
{
    private const decimal Million = 1_000_000;

    /// <summary>What is wrong with the entry; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>A price per token, as USD per million; null when absent.</summary>
    public decimal? PerToken(string name) => Read(name, Million, PriceNumber.MostPerMillion);

    /// <summary>A price per million already; null when absent.</summary>
    public decimal? PerMillion(string name) => Read(name, 1, PriceNumber.MostPerMillion);

    /// <summary>A price for one; null when absent.</summary>
    /// <param name="name">The member.</param>
    /// <param name="factor">How many of the catalogue's units are one of ours, such as the pixels of an image.</param>
    public decimal? Each(string name, long factor = 1) => Read(name, factor, PriceNumber.MostEach);

    /// <summary>A count of tokens; null when absent or no whole number above 0, which catalogues have in plenty.</summary>
    public long? Count(string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count > 0 ? count : null;

    public string? Text(string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The entry of an object member; null when it is absent or no object.</summary>
    public CatalogueEntry? Object(string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? new CatalogueEntry(value) : null;

    /// <summary>The entries of a list; empty when it is absent or no list.</summary>
    public IEnumerable<CatalogueEntry> List(string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => new CatalogueEntry(item))
            : [];

    public bool Has(string name) => members.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public IEnumerable<string> Names => members.EnumerateObject().Select(member => member.Name);

    /// <summary>Notes what is wrong; the first fault stays.</summary>
    public void Refuse(string? fault) => Fault ??= fault;

    private decimal? Read(string name, decimal factor, decimal most)
    {
        if (!members.TryGetProperty(name, out var value))
        {
            return null;
        }

        if (PriceNumber.Read(value, factor, most, out var price) is { } fault)
        {
            Refuse($"{name} {fault}");
        }

        return price;
    }
}
