using System.Collections;
using System.Collections.Frozen;

namespace Sluice.Providers.Catalogue;

/// <summary>
/// A provider's <c>models.json</c>, read from the assembly when it is first looked at: most starts never need most of them.
/// </summary>
internal sealed class ModelCatalogue(string folder) : IReadOnlyList<ModelInfo>
{
    private readonly Lazy<Content> _content = new(() => Load(folder));

    public int Count => _content.Value.Models.Count;

    /// <summary>Where the data is from.</summary>
    public IReadOnlyList<string> Source => _content.Value.File.Source;

    /// <summary>The day the data was last compared with its source.</summary>
    public DateOnly Checked => _content.Value.File.Checked;

    public ModelInfo this[int index] => _content.Value.Models[index];

    /// <summary>Finds a model by its id or an alias; null when it is not known.</summary>
    public ModelInfo? Find(string id) => _content.Value.ByName.GetValueOrDefault(id);

    public IEnumerator<ModelInfo> GetEnumerator() => _content.Value.Models.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Content Load(string folder)
    {
        var file = DataObject.ReadFile($"models/{folder}/models.json", CatalogueFile.Read);
        var byName = file.Models
            .SelectMany(model => model.Aliases.Prepend(model.Id).Select(name => KeyValuePair.Create(name, model)))
            .ToFrozenDictionary(StringComparer.Ordinal);
        return new Content(file, file.Models, byName);
    }

    private sealed record Content(CatalogueFile File, IReadOnlyList<ModelInfo> Models, FrozenDictionary<string, ModelInfo> ByName);
}
