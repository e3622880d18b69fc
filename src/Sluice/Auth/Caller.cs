using Sluice.Configuration;
using Sluice.Limits;
using Sluice.Limits.Budgets;

namespace Sluice.Auth;

/// <summary>Who calls: an API key as the request path sees it. One instance per key and generation, shared by all its calls.</summary>
internal sealed class Caller
{
    private static long Made;

    private readonly long _version = Interlocked.Increment(ref Made);

    /// <summary>The key's id: <c>key_…</c> for keys of the database, <c>file:NAME</c> for keys of the file, <c>admin</c> for the administrator's.</summary>
    public required string KeyId { get; init; }

    /// <summary>The key's name, as usage records show it.</summary>
    public required string KeyName { get; init; }

    /// <summary>The owner; null for keys that are nobody's in particular.</summary>
    public string? User { get; init; }

    /// <summary>True only for <c>SLUICE_ADMIN_KEY</c> and for keys that an administrator made with the <c>admin</c> scope.</summary>
    public bool IsAdministrator { get; init; }

    /// <summary>The models the key may use.</summary>
    public required ModelAllowList Models { get; init; }

    /// <summary>The tools of MCP servers that the key may use.</summary>
    public McpAllowList Mcp { get; init; } = McpAllowList.None;

    /// <summary>The key's limits and their counters; the same object across reloads, so that a reload forgets nothing.</summary>
    public required SubjectLimiter Limiter { get; init; }

    /// <summary>The team that the key belongs to; null for none.</summary>
    public string? Team { get; init; }

    public BudgetConfig? Budget { get; init; }

    /// <summary>Whose budgets the key's calls are under.</summary>
    public BudgetSubject Budgets => field ??= new BudgetSubject(KeyId, KeyName, User, Team, Budget, _version);

    /// <summary>When the key ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
