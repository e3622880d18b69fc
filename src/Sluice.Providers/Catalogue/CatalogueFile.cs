using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Providers.OpenAICompatible;

namespace Sluice.Providers.Catalogue;

/// <summary>The form of <c>models.json</c>.</summary>
/// <param name="Source">The pages that the data was taken from.</param>
/// <param name="Checked">The day it was last compared with them.</param>
/// <param name="Models">Newest first.</param>
internal sealed record CatalogueFile(IReadOnlyList<string> Source, DateOnly Checked, IReadOnlyList<ModelInfo> Models);

/// <summary>Reads the embedded data files without reflection. A misspelt member fails the tests instead of being ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(FailureKindNames)])]
[JsonSerializable(typeof(CatalogueFile))]
[JsonSerializable(typeof(IReadOnlyList<VendorRow>))]
internal sealed partial class CatalogueJson : JsonSerializerContext;

/// <summary>Writes failure kinds as the data files do: <c>out_of_credit</c>.</summary>
internal sealed class FailureKindNames() : JsonStringEnumConverter<UpstreamFailureKind>(JsonNamingPolicy.SnakeCaseLower);
