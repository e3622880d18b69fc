using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>An API key as administrators see it; its text is shown only when it is made.</summary>
internal sealed record ApiKeyItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The beginning of the key; null for keys of the file.</summary>
    public string? Prefix { get; init; }

    /// <summary><c>inference</c>, and <c>admin</c> for administrators.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Tools of MCP servers: <c>server/tool</c>, <c>server/*</c> or <c>*</c>.</summary>
    public required IReadOnlyList<string> Mcp { get; init; }

    public required LimitsBody Limits { get; init; }
    public BudgetBody? Budget { get; init; }
    public required string Origin { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public bool Revoked { get; init; }

    /// <summary>The account that the key belongs to; null for none.</summary>
    public string? UserId { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <summary>A new key; its text is shown this once.</summary>
internal sealed record CreatedApiKeyItem(string Id, string Key, string Prefix, string Name);

internal sealed record CreateApiKeyBody
{
    public string? Name { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Tools of MCP servers; none when absent.</summary>
    public IReadOnlyList<string>? Mcp { get; init; }

    public LimitsBody? Limits { get; init; }
    public BudgetBody? Budget { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A change of a key: members that are absent stay as they are; null takes a budget or an end away.</summary>
internal sealed class ChangeApiKeyBody
{
    private BudgetBody? _budget;
    private DateTimeOffset? _expiresAt;

    public string? Name { get; init; }
    public IReadOnlyList<string>? Models { get; init; }
    public IReadOnlyList<string>? Mcp { get; init; }

    /// <summary>Replaces all limits: a limit that is absent here is none.</summary>
    public LimitsBody? Limits { get; init; }

    // Setters, not init: the generated reader calls them only for members that are in the body.
    public BudgetBody? Budget
    {
        get => _budget;
        set => (_budget, HasBudget) = (value, true);
    }

    public DateTimeOffset? ExpiresAt
    {
        get => _expiresAt;
        set => (_expiresAt, HasExpiresAt) = (value, true);
    }

    [JsonIgnore]
    public bool HasBudget { get; private set; }

    [JsonIgnore]
    public bool HasExpiresAt { get; private set; }
}

/// <summary>Each limit stands alone; null means none.</summary>
internal sealed record LimitsBody(long? Rpm = null, long? Tpm = null, long? Concurrency = null);

/// <param name="Usd">US dollars.</param>
/// <param name="Per">minute, hour, day, week, month or total; total when absent.</param>
internal sealed record BudgetBody(decimal? Usd = null, string? Per = null);
