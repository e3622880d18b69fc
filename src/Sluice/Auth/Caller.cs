using Sluice.Configuration;
using Sluice.Limits;

namespace Sluice.Auth;

/// <summary>Who calls: an API key as the request path sees it. One instance per key and generation, shared by all its calls.</summary>
internal sealed class Caller
{
    /// <summary>The key's id: <c>key_…</c> for keys of the database, <c>file:NAME</c> for keys of the file, <c>admin</c> for the administrator's.</summary>
    public required string KeyId { get; init; }

    /// <summary>The key's name, as usage records show it.</summary>
    public required string KeyName { get; init; }

    /// <summary>The owner's id; null for keys of the file.</summary>
    public string? User { get; init; }

    /// <summary>True only for <c>SLUICE_ADMIN_KEY</c> and for keys that an administrator made with the <c>admin</c> scope.</summary>
    public bool IsAdministrator { get; init; }

    /// <summary>The models the key may use.</summary>
    public required ModelAllowList Models { get; init; }

    /// <summary>The key's limits and their counters; the same object across reloads, so that a reload forgets nothing.</summary>
    public required SubjectLimiter Limiter { get; init; }

    public BudgetConfig? Budget { get; init; }

    /// <summary>When the key ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
