using Sluice.Protocol;
using Sluice.Providers.OpenAICompatible;

namespace Sluice.Providers.Tests.OpenAICompatible;

public class VendorListTests
{
    private readonly IReadOnlyList<VendorRow> _rows = VendorList.Load();

    [Fact]
    public void Load_EveryRow_NamesKnownThingsOnly()
    {
        var operations = Operation.All.Select(operation => operation.Name).ToHashSet();
        foreach (var row in _rows)
        {
            row.Operations.ShouldNotBeEmpty(row.Id);
            row.Operations.ShouldBeSubsetOf(operations, row.Id);
            row.Paths.Keys.ShouldBeSubsetOf(row.Operations, row.Id);
            row.Checked.ShouldBeGreaterThan(new DateOnly(2026, 1, 1), row.Id);
            row.Headers.Keys.Append(row.Auth).ShouldAllBe(name => name.All(letter => char.IsAsciiLetterLower(letter) || letter == '-'), row.Id);
        }
    }

    [Fact]
    public void Load_Ids_AreUniqueAndNoFolderIsShadowed() =>
        _rows.Select(row => row.Id).Concat(["openai", "anthropic", "gemini", "openai-compatible", "simulator"]).ShouldBeUnique();

    [Fact]
    public void Load_VendorsThatTheDocumentationPromises_AreThere() =>
        new[]
        {
            "openrouter", "deepseek", "groq", "mistral", "xai", "together", "fireworks", "cerebras", "sambanova", "perplexity",
            "moonshot", "zai", "zhipu", "dashscope", "siliconflow", "nebius", "nvidia", "huggingface", "cohere",
            "ai21", "hyperbolic", "novita", "deepinfra", "baseten", "azure-openai", "ollama", "vllm", "lm-studio", "llama-cpp",
            "localai", "sglang", "tgi", "litellm",
        }.ShouldBeSubsetOf(_rows.Select(row => row.Id));

    [Fact]
    public void ToDescriptor_Mistral_DoesNotAskForUsage() =>
        _rows.Single(row => row.Id == "mistral").ToDescriptor().SupportsIncludeUsage.ShouldBeFalse();

    [Fact]
    public void ToDescriptor_Azure_NeedsABaseUrl() =>
        _rows.Single(row => row.Id == "azure-openai").ToDescriptor().DefaultBaseUrl.ShouldBeNull();
}
