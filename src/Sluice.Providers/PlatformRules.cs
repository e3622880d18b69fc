namespace Sluice.Providers;

/// <summary>
/// What is particular to a cloud platform that serves the models of several publishers: the account's project and the region
/// stand in every path, and the host follows the region.
/// </summary>
/// <param name="PublisherOf">Whose model a name is: a value of <see cref="OperationPath.Publisher"/>.</param>
/// <param name="BaseUrlOf">Where a region is served.</param>
public sealed record PlatformRules(Func<string, string> PublisherOf, Func<string, string> BaseUrlOf)
{
    private const string ProjectSlot = "/projects/{project}/locations/{location}";

    /// <summary>The region where the configuration names none.</summary>
    public required string DefaultLocation { get; init; }

    /// <summary>The value of <c>anthropic_version</c> where the configuration gives none.</summary>
    public required string AnthropicVersion { get; init; }

    /// <summary>Publishers whose models can be called with an API key, on paths without project and region.</summary>
    public IReadOnlyList<string> WithoutProject { get; init; } = [];

    /// <summary>The paths for one account.</summary>
    /// <param name="operations">With <c>{project}</c> and <c>{location}</c> in their paths.</param>
    /// <param name="location">The region; empty takes <see cref="DefaultLocation"/>.</param>
    /// <param name="project">The account's project; null for an API key, which knows its own.</param>
    public IReadOnlyList<OperationPath> PathsOf(IReadOnlyList<OperationPath> operations, string location, string? project)
    {
        var place = project is null ? "" : $"/projects/{Uri.EscapeDataString(project)}/locations/{Uri.EscapeDataString(location.Length > 0 ? location : DefaultLocation)}";
        return
        [
            .. operations
                .Where(row => project is not null || WithoutProject.Contains(row.Publisher))
                .Select(row => row with { Path = Placed(row.Path), StreamPath = row.StreamPath is { } path ? Placed(path) : null }),
        ];

        string Placed(string path) => path.Replace(ProjectSlot, place, StringComparison.Ordinal);
    }
}
