using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Routing;

/// <summary>What translation must know of a model, from the type of its provider and from the catalogue.</summary>
internal static class TranslationRules
{
    /// <summary>The rules of a model.</summary>
    /// <param name="providerType">The provider's type in the configuration.</param>
    /// <param name="info">What the catalogue says of the model; null when it is not in it.</param>
    public static ModelRules Of(string providerType, ModelInfo? info)
    {
        // Those who speak OpenAI's dialect mostly know it as it was before reasoning models.
        var isOpenAI = providerType == "openai";
        return new ModelRules
        {
            MaxTokensMember = isOpenAI ? "max_completion_tokens" : "max_tokens",
            DeveloperRole = isOpenAI,
            MaxOutputTokens = info?.MaxOutputTokens,
            DefaultMaxOutputTokens = info?.MaxOutputTokens ?? ModelRules.Default.DefaultMaxOutputTokens,
        };
    }
}
