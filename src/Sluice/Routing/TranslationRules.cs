using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Routing;

/// <summary>What translation must know of a model: the row that names it, from the catalogue of the dialect's vendor, and what its provider is.</summary>
internal static class TranslationRules
{
    /// <summary>The rules of a model.</summary>
    /// <param name="provider">Who serves it.</param>
    /// <param name="dialect">The dialect that it is spoken to in.</param>
    /// <param name="model">The vendor's model id.</param>
    /// <param name="info">What the catalogue says of the model; null when it is not in it.</param>
    public static ModelRules Of(ProviderRuntime provider, Dialect dialect, string model, ModelInfo? info)
    {
        var isOpenAIs = dialect is Dialect.OpenAIChat or Dialect.OpenAIResponses;

        // Those who speak OpenAI's dialects mostly know them as they were before reasoning models, and take everything.
        var isOpenAI = provider.Config.Type is "openai" or "azure-openai";
        var row = isOpenAIs && !isOpenAI ? null : ModelRuleTables.Find(dialect, model);
        return (row ?? ModelRules.Default) with
        {
            MaxTokensMember = isOpenAI ? "max_completion_tokens" : "max_tokens",
            DeveloperRole = isOpenAI,
            TakesReasoningContent = provider.Descriptor.TakesReasoningContent,
            MaxOutputTokens = info?.MaxOutputTokens,
            DefaultMaxOutputTokens = info?.MaxOutputTokens ?? ModelRules.Default.DefaultMaxOutputTokens,
        };
    }
}
