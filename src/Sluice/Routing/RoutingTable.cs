using System.Collections.Concurrent;
using System.Collections.Frozen;
using Sluice.Configuration;

namespace Sluice.Routing;

/// <summary>Every name that can be asked for under one snapshot of the configuration. Immutable but for the cache of names that patterns gave.</summary>
internal sealed class RoutingTable
{
    /// <summary>Names that came through a pattern or a provider's prefix are remembered up to this many.</summary>
    internal const int MaxRemembered = 10_000;

    private readonly FrozenDictionary<string, ModelRoute> _exact;
    private readonly FrozenDictionary<string, ModelRoute>.AlternateLookup<ReadOnlySpan<char>> _exactBySpan;
    private readonly IReadOnlyList<PatternRoute> _patterns;
    private readonly FrozenDictionary<string, ProviderRuntime> _providers;
    private readonly Func<ProviderRuntime, string, string, ModelRoute> _direct;
    private readonly ConcurrentDictionary<string, ModelRoute> _remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ModelRoute>.AlternateLookup<ReadOnlySpan<char>> _rememberedBySpan;
    private int _rememberedCount;

    /// <param name="generation">The configuration's generation.</param>
    /// <param name="exact">Names without a pattern.</param>
    /// <param name="patterns">Names with a <c>*</c>, in the order of the configuration.</param>
    /// <param name="providers">By name.</param>
    /// <param name="direct">Makes the route of one provider's model: provider, the name asked for, the vendor's model id.</param>
    /// <param name="implied">Routes of names that a request may leave unsaid: found before all others and not listed.</param>
    public RoutingTable(
        long generation,
        IReadOnlyCollection<ModelRoute> exact,
        IReadOnlyList<PatternRoute> patterns,
        IReadOnlyCollection<ProviderRuntime> providers,
        Func<ProviderRuntime, string, string, ModelRoute> direct,
        IReadOnlyCollection<ModelRoute> implied)
    {
        Generation = generation;
        _exact = implied.UnionBy(exact, route => route.Name).ToFrozenDictionary(route => route.Name, StringComparer.Ordinal);
        _exactBySpan = _exact.GetAlternateLookup<ReadOnlySpan<char>>();
        _patterns = patterns;
        _providers = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);
        _direct = direct;
        _rememberedBySpan = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
        Offered = [.. exact];
    }

    /// <summary>A pattern and what makes a route of a name that matches it.</summary>
    internal sealed record PatternRoute(string Pattern, Func<string, ModelRoute> Make);

    public long Generation { get; }

    /// <summary>Names that were remembered so far.</summary>
    internal int Remembered => Volatile.Read(ref _rememberedCount);

    /// <summary>The names to list, each once.</summary>
    public IReadOnlyList<ModelRoute> Offered { get; }

    public IEnumerable<ProviderRuntime> Providers => _providers.Values;

    /// <summary>Where a name leads: exact, then <c>provider/model</c>, then by pattern, then without its version; null when it is unknown.</summary>
    public ModelRoute? Find(ReadOnlySpan<char> name)
    {
        if (_exactBySpan.TryGetValue(name, out var route) || _rememberedBySpan.TryGetValue(name, out route))
        {
            return route;
        }

        return Make(name.ToString());
    }

    /// <summary>
    /// Vertex AI's clients write a version behind an at sign (<c>claude-x@20250929</c>, <c>gemini-x@default</c>): the same model as
    /// Anthropic's <c>claude-x-20250929</c>, or the name alone, where no route has the name as it is.
    /// </summary>
    private ModelRoute? FindUnversioned(string name)
    {
        var at = name.LastIndexOf('@');
        return at <= 0 || at == name.Length - 1 ? null
            : _exact.GetValueOrDefault($"{name[..at]}-{name[(at + 1)..]}") ?? _exact.GetValueOrDefault(name[..at]);
    }

    private ModelRoute? Make(string name)
    {
        ModelRoute? route = null;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash < name.Length - 1 && _providers.TryGetValue(name[..slash], out var provider))
        {
            route = _direct(provider, name, name[(slash + 1)..]);
        }

        for (var i = 0; route is null && i < _patterns.Count; i++)
        {
            if (NamePattern.Matches(_patterns[i].Pattern, name))
            {
                route = _patterns[i].Make(name);
            }
        }

        route ??= FindUnversioned(name);
        if (route is null)
        {
            return null;
        }

        // Counted beside the dictionary, whose own count takes all its locks.
        if (Volatile.Read(ref _rememberedCount) < MaxRemembered && _remembered.TryAdd(name, route))
        {
            Interlocked.Increment(ref _rememberedCount);
        }

        return route;
    }
}
