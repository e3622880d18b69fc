using System.Collections.Frozen;
using Sluice.Providers.Anthropic;
using Sluice.Providers.Gemini;
using Sluice.Providers.OpenAI;
using Sluice.Providers.OpenAICompatible;
using Sluice.Providers.Simulator;
using Sluice.Providers.Vertex;

namespace Sluice.Providers;

/// <summary>Every provider type: a folder each where a vendor needs code, a row of <c>vendors.json</c> where it does not.</summary>
public sealed class ProviderRegistry
{
    private readonly IProvider[] _withFolder =
    [
        new OpenAIProvider(),
        new AnthropicProvider(),
        new GeminiProvider(),
        new VertexProvider(),
        new CompatibleProvider(VendorList.Any),
        new SimulatorProvider(),
    ];

    // Read when a row is first asked for: a cold start without one saves some 50 ms of JSON.
    private readonly Lazy<FrozenDictionary<string, IProvider>> _rows = new(() => VendorList.Load()
        .ToFrozenDictionary(row => row.Id, IProvider (row) => new CompatibleProvider(row), StringComparer.Ordinal));

    private readonly Lazy<FrozenSet<string>> _types;

    public ProviderRegistry() =>
        _types = new(() => All.Select(provider => provider.Descriptor.Type).ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Every provider: those with a folder first, then the compatible vendors by their type.</summary>
    public IReadOnlyList<IProvider> All => field ??= [.. _withFolder, .. _rows.Value.Values.OrderBy(provider => provider.Descriptor.Type, StringComparer.Ordinal)];

    /// <summary>Every value that <c>type</c> in <c>sluice.yaml</c> can have.</summary>
    public IReadOnlySet<string> Types => _types.Value;

    /// <summary>Finds a provider by its type (exact, lower case); null when there is none.</summary>
    public IProvider? Find(string type) =>
        Array.Find(_withFolder, provider => provider.Descriptor.Type == type) ?? _rows.Value.GetValueOrDefault(type);
}
