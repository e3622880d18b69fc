using System.Collections.Frozen;
using Sluice.Providers.Anthropic;
using Sluice.Providers.Gemini;
using Sluice.Providers.OpenAI;
using Sluice.Providers.OpenAICompatible;
using Sluice.Providers.Simulator;

namespace Sluice.Providers;

/// <summary>Every provider type: a folder each where a vendor needs code, a row of <c>vendors.json</c> where it does not.</summary>
public sealed class ProviderRegistry
{
    private readonly FrozenDictionary<string, IProvider> _byType;

    public ProviderRegistry()
    {
        All =
        [
            new OpenAIProvider(),
            new AnthropicProvider(),
            new GeminiProvider(),
            new CompatibleProvider(VendorList.Any),
            new SimulatorProvider(),
            .. VendorList.Load().Select(row => new CompatibleProvider(row)),
        ];
        _byType = All.ToFrozenDictionary(provider => provider.Descriptor.Type, StringComparer.Ordinal);
        Types = _byType.Keys.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Every provider: those with a folder first, then the compatible vendors in the order of their file.</summary>
    public IReadOnlyList<IProvider> All { get; }

    /// <summary>Every value that <c>type</c> in <c>sluice.yaml</c> can have.</summary>
    public IReadOnlySet<string> Types { get; }

    /// <summary>Finds a provider by its type (exact, lower case); null when there is none.</summary>
    public IProvider? Find(string type) => _byType.GetValueOrDefault(type);
}
