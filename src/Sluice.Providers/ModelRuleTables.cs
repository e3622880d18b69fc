using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Catalogue;

namespace Sluice.Providers;

/// <summary>
/// The rows of rules by dialect: those of the vendor whose dialect it is, since the same models are served by others too
/// (Claude and Gemini by Google's cloud, OpenAI's by Azure).
/// </summary>
public static class ModelRuleTables
{
    /// <summary>The rules of a model by its name; null when no row names it.</summary>
    /// <param name="dialect">The dialect that it is spoken to in.</param>
    /// <param name="model">The vendor's model id.</param>
    public static ModelRules? Find(Dialect dialect, string model) => CatalogueOf(dialect).FindRules(model);

    private static ModelCatalogue CatalogueOf(Dialect dialect) => dialect switch
    {
        Dialect.AnthropicMessages => ModelCatalogue.Anthropic,
        Dialect.GeminiGenerate => ModelCatalogue.Gemini,
        _ => ModelCatalogue.OpenAI,
    };
}
