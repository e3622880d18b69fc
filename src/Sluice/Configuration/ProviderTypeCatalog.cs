using System.Collections.Frozen;
using Sluice.Providers;

namespace Sluice.Configuration;

/// <summary>A value of <c>providers[].type</c>.</summary>
/// <param name="Type">The value itself.</param>
internal sealed record ProviderType(string Type)
{
    /// <summary>False for a type that a later version serves: accepted, and its targets are unavailable.</summary>
    public bool Served { get; init; } = true;

    /// <summary>What <c>base_url</c> is when the configuration gives none; null where there is no default.</summary>
    public string? DefaultBaseUrl { get; init; }

    /// <summary>True when the configuration must give <c>base_url</c>.</summary>
    public bool RequiresBaseUrl { get; init; }

    public bool RequiresCredential { get; init; } = true;

    /// <summary>Where a region is served, for cloud platforms; null for all others.</summary>
    public Func<string, string>? BaseUrlOfLocation { get; init; }

    /// <summary>What <c>base_url</c> is when the configuration gives none; empty where it must.</summary>
    public string BaseUrlAt(string location) => BaseUrlOfLocation?.Invoke(location) ?? DefaultBaseUrl ?? "";

    /// <summary>Environment variables that usually hold the vendor's key, in order of preference; the first that is set is offered.</summary>
    public IReadOnlyList<string> EnvironmentVariables { get; init; } = [];
}

/// <summary>Every provider type that the configuration accepts.</summary>
internal sealed class ProviderTypeCatalog
{
    public const string Simulator = "simulator";

    // Types of product.md §3.1 that no code serves yet. A type leaves this list when its provider arrives.
    private static readonly string[] Later = ["azure-openai", "flux", "runway", "kling", "flow", "claude-cli"];

    private readonly FrozenDictionary<string, ProviderType> _types;

    /// <param name="types">The types, in the order in which they are offered on a first run.</param>
    public ProviderTypeCatalog(IEnumerable<ProviderType> types)
    {
        All = [.. types];
        Names = [.. All.Select(t => t.Type)];
        _types = All.ToFrozenDictionary(t => t.Type, StringComparer.Ordinal);
    }

    public IReadOnlyList<ProviderType> All { get; }

    public IReadOnlyCollection<string> Names { get; }

    public ProviderType? Find(string type) => _types.GetValueOrDefault(type);

    /// <summary>The catalog of the providers that this version serves, and of those that the contract names for later ones.</summary>
    public static ProviderTypeCatalog From(IEnumerable<ProviderDescriptor> served)
    {
        var types = served.Select(d => new ProviderType(d.Type)
        {
            DefaultBaseUrl = d.DefaultBaseUrl,
            RequiresBaseUrl = d.DefaultBaseUrl is null && d.Type != Simulator,
            RequiresCredential = d.RequiresCredential,
            BaseUrlOfLocation = d.Platform?.BaseUrlOf,
            EnvironmentVariables = d.EnvironmentVariables,
        }).ToList();
        types.AddRange(Later.Where(l => types.TrueForAll(t => t.Type != l)).Select(l => new ProviderType(l) { Served = false }));
        return new ProviderTypeCatalog(types);
    }
}
