using System.Collections;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Providers.Catalogue;

/// <summary>
/// A provider's <c>models.json</c>, read from the assembly when it is first looked at: most starts never need most of them.
/// </summary>
internal sealed class ModelCatalogue(string folder) : IReadOnlyList<ModelInfo>
{
    /// <summary>OpenAI's models.</summary>
    public static readonly ModelCatalogue OpenAI = new("OpenAI");

    /// <summary>Anthropic's models.</summary>
    public static readonly ModelCatalogue Anthropic = new("Anthropic");

    /// <summary>Google's models.</summary>
    public static readonly ModelCatalogue Gemini = new("Gemini");

    private readonly Lazy<Content> _content = new(() => Load(folder));

    public int Count => _content.Value.Models.Count;

    /// <summary>Where the data is from.</summary>
    public IReadOnlyList<string> Source => _content.Value.File.Source;

    /// <summary>The day the data was last compared with its source.</summary>
    public DateOnly Checked => _content.Value.File.Checked;

    public ModelInfo this[int index] => _content.Value.Models[index];

    /// <summary>Finds a model by its id or an alias; null when it is not known.</summary>
    public ModelInfo? Find(string id) => _content.Value.ByName.GetValueOrDefault(id);

    /// <summary>The rules of a model by its name, which need not be in the list; null when no row names it.</summary>
    public ModelRules? FindRules(string model) => _content.Value.Rules.FirstOrDefault(row => row.Row.Names(model)).Rules;

    /// <summary>Every row of rules.</summary>
    public IEnumerable<ModelRulesRow> Rows => _content.Value.Rules.Select(row => row.Row);

    public IEnumerator<ModelInfo> GetEnumerator() => _content.Value.Models.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Content Load(string folder)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"models/{folder}/models.json")
            ?? throw new InvalidOperationException($"The folder {folder} has no models.json.");
        var file = JsonSerializer.Deserialize(stream, CatalogueJson.Default.CatalogueFile)!;
        var models = file.Models.Select(model => model with { Checked = model.Checked ?? file.Checked }).ToList();
        var byName = models
            .SelectMany(model => model.Aliases.Prepend(model.Id).Select(name => KeyValuePair.Create(name, model)))
            .ToFrozenDictionary(StringComparer.Ordinal);
        return new Content(file, models, byName, [.. file.Rules.Select(row => (row, row.ToRules()))]);
    }

    private sealed record Content(
        CatalogueFile File,
        IReadOnlyList<ModelInfo> Models,
        FrozenDictionary<string, ModelInfo> ByName,
        IReadOnlyList<(ModelRulesRow Row, ModelRules Rules)> Rules);
}
