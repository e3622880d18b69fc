using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>A credential without its secret.</summary>
internal sealed record CredentialItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>ready, cooling, limited, expired, disabled or draining.</summary>
    public required string State { get; init; }

    /// <summary>When a cooling or limited credential is ready again.</summary>
    public DateTimeOffset? Until { get; init; }

    public string? Reason { get; init; }
    public int Weight { get; init; }

    /// <summary>Calls at the same time; 0 means no limit.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Without user and password.</summary>
    public required string Proxy { get; init; }

    public int InFlight { get; init; }
    public int ConsecutiveErrors { get; init; }
    public string? LastError { get; init; }
    public required string Origin { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

internal sealed record CreateCredentialBody
{
    /// <summary>The provider's name.</summary>
    public string? Provider { get; init; }

    public string? Name { get; init; }
    public string? ApiKey { get; init; }
    public int? Weight { get; init; }
    public int? MaxConcurrency { get; init; }
    public string? Proxy { get; init; }
}

/// <summary>A change of a credential: members that are absent stay as they are.</summary>
internal sealed record ChangeCredentialBody
{
    /// <summary>A new secret in place of the old one.</summary>
    public string? ApiKey { get; init; }

    public int? Weight { get; init; }
    public int? MaxConcurrency { get; init; }

    /// <summary>Empty for none.</summary>
    public string? Proxy { get; init; }
}

/// <param name="Model">The vendor's model id, or a model of this gateway.</param>
internal sealed record TestCredentialBody(string? Model = null);

/// <param name="Ok">True when the provider answered the call.</param>
/// <param name="Status">The provider's HTTP status; 0 when there was none.</param>
/// <param name="Message">What was found, for a person.</param>
/// <param name="LatencyMs">How long the call took.</param>
internal sealed record CredentialTestItem(bool Ok, int Status, string Message, long LatencyMs);
