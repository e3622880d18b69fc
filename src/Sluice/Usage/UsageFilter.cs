namespace Sluice.Usage;

/// <summary>Which records are asked for; null leaves a side open.</summary>
/// <param name="Key">The key's name or id.</param>
/// <param name="Model">The model as clients asked for it.</param>
/// <param name="From">The earliest arrival, inclusive.</param>
/// <param name="To">The latest arrival, exclusive.</param>
internal sealed record UsageFilter(string? Key = null, string? Model = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    public bool IsEmpty => this == new UsageFilter();

    public bool NamesSeries => Key is not null || Model is not null;
}

/// <summary>By what a summary is grouped.</summary>
internal enum UsageGrouping
{
    Model,
    Key,
    Provider,
    Credential,
    User,
}
