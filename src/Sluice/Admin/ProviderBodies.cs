using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

internal sealed record ProviderItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Type { get; init; }
    public required string BaseUrl { get; init; }
    public required string Location { get; init; }

    /// <summary>Empty where the type says.</summary>
    public required IReadOnlyList<string> Dialects { get; init; }

    public required TimeoutsBody Timeouts { get; init; }

    /// <summary>How many credentials it has.</summary>
    public required int Credentials { get; init; }

    public required string Origin { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

internal sealed record CreateProviderBody
{
    public string? Name { get; init; }
    public string? Type { get; init; }
    public string? BaseUrl { get; init; }
    public string? Location { get; init; }
    public IReadOnlyList<string>? Dialects { get; init; }
    public TimeoutsBody? Timeouts { get; init; }
}

/// <summary>A provider anew, save its name, by which models and credentials know it. Absent members take their defaults.</summary>
internal sealed record ReplaceProviderBody
{
    public string? Type { get; init; }
    public string? BaseUrl { get; init; }
    public string? Location { get; init; }
    public IReadOnlyList<string>? Dialects { get; init; }
    public TimeoutsBody? Timeouts { get; init; }
}

/// <summary>Durations such as <c>1500ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>.</summary>
internal sealed record TimeoutsBody(string? Connect = null, string? FirstToken = null, string? Idle = null, string? Total = null);
