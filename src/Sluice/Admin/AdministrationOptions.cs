using Sluice.Configuration;

namespace Sluice.Admin;

/// <summary>A provider type that administrators may choose.</summary>
/// <param name="Name">The value of <c>type</c>.</param>
/// <param name="DefaultBaseUrl">Where the vendor is; null where an administrator must say.</param>
/// <param name="RequiresBaseUrl">True when <c>base_url</c> must be given.</param>
internal sealed record SelectableProviderType(string Name, string? DefaultBaseUrl, bool RequiresBaseUrl)
{
    /// <summary>Where a region is served, for cloud platforms; null for all others.</summary>
    public Func<string, string>? BaseUrlOfLocation { get; init; }
}

/// <summary>What the administration needs to know of the rest of the service.</summary>
internal sealed record AdministrationOptions
{
    public required IReadOnlyList<SelectableProviderType> ProviderTypes { get; init; }

    /// <summary>The settings in force with their origins, secrets masked.</summary>
    public required Func<IServiceProvider, IReadOnlyList<SettingOrigin>> Settings { get; init; }

    /// <summary>Where the vendor of a type is, in a region where it has regions; empty where an administrator must say.</summary>
    public string DefaultBaseUrl(string type, string location)
        => ProviderTypes.FirstOrDefault(known => known.Name == type) is { } found ? found.BaseUrlOfLocation?.Invoke(location) ?? found.DefaultBaseUrl ?? "" : "";
}
