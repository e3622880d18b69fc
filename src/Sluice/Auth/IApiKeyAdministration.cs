using Sluice.Configuration;

namespace Sluice.Auth;

/// <summary>What a new API key may do. Null limits and budget mean none; null models mean all.</summary>
internal sealed record NewApiKey(
    string Name, IReadOnlyList<string>? Models, LimitsConfig? Limits, BudgetConfig? Budget, DateTimeOffset? ExpiresAt, bool Administrator)
{
    /// <summary>The account that the key belongs to; null for none. Such a key is never an administrator's.</summary>
    public string? UserId { get; init; }

    /// <summary>The scopes by name; null for inference alone.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Tools of MCP servers, as <c>server/tool</c> patterns; null means none.</summary>
    public IReadOnlyList<string>? Mcp { get; init; }
}

/// <summary>A key that was just made; <paramref name="Key"/> is shown once and kept nowhere.</summary>
internal sealed record CreatedKey(string Id, string Key, string Prefix);

/// <summary>An API key as lists show it, without its text.</summary>
internal sealed record ApiKeyView(
    string Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Models,
    LimitsConfig Limits,
    BudgetConfig? Budget,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    bool Revoked,
    bool Administrator)
{
    /// <summary>Tools of MCP servers that the key may use.</summary>
    public IReadOnlyList<string> Mcp { get; init; } = [];
}

/// <summary>Makes, lists and revokes the API keys of the database.</summary>
internal interface IApiKeyAdministration
{
    Task<CreatedKey> CreateAsync(NewApiKey key, CancellationToken ct);

    /// <summary>Every key, newest first, revoked ones included.</summary>
    Task<IReadOnlyList<ApiKeyView>> ListAsync(CancellationToken ct);

    /// <summary>Revokes the key of that id, or every live key of that name; false when there is none.</summary>
    Task<bool> RevokeAsync(string idOrName, CancellationToken ct);
}
