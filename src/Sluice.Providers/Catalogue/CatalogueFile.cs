using System.Text.Json.Serialization;

namespace Sluice.Providers.Catalogue;

/// <summary>The form of <c>models.json</c>.</summary>
/// <param name="Source">The pages that the data was taken from.</param>
/// <param name="Checked">The day it was last compared with them.</param>
/// <param name="Models">Newest first.</param>
internal sealed record CatalogueFile(IReadOnlyList<string> Source, DateOnly Checked, IReadOnlyList<ModelInfo> Models)
{
    /// <summary>What is particular to models in translation, by name; the first row that names a model holds.</summary>
    public IReadOnlyList<ModelRulesRow> Rules { get; init => field = value ?? []; } = [];
}

/// <summary>Reads the catalogues without reflection. A misspelt member fails the tests instead of being ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CatalogueFile))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
