using Sluice.Auth.Accounts;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Limits;
using Sluice.Limits.Budgets;

namespace Sluice.Auth;

/// <summary>Who calls: an API key or an access token as the request path sees it. One instance per key and generation, shared by all its calls.</summary>
internal sealed class Caller
{
    private static long Made;

    private readonly long _version = Interlocked.Increment(ref Made);

    /// <summary>The key's id: <c>key_…</c> for keys of the database, <c>file:NAME</c> for keys of the file, <c>admin</c> for the administrator's; the user's for access tokens.</summary>
    public required string KeyId { get; init; }

    /// <summary>The key's name, as usage records show it.</summary>
    public required string KeyName { get; init; }

    /// <summary>The owner; null for keys that are nobody's in particular.</summary>
    public string? User { get; init; }

    /// <summary>The account that the credential belongs to; null for keys that no account has.</summary>
    public string? AccountId { get; init; }

    /// <summary>The session of an access token; null for keys.</summary>
    public string? SessionId { get; init; }

    /// <summary>What the caller may do in the administration. A user's own keys are never more than a user.</summary>
    public AccountRole Role { get; init; }

    /// <summary>What the caller may do for its account and with models.</summary>
    public KeyScopes Scopes { get; init; } = KeyScopes.Inference;

    /// <summary>True for <c>SLUICE_ADMIN_KEY</c>, for keys that an administrator made with the <c>admin</c> scope, and for an administrator's session.</summary>
    public bool IsAdministrator
    {
        get => Role == AccountRole.Administrator;
        init => Role = value ? AccountRole.Administrator : AccountRole.User;
    }

    /// <summary>True when calls of models are allowed.</summary>
    public bool MayInfer => (Scopes & KeyScopes.Inference) != 0;

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
    public BudgetSubject Budgets
    {
        get => field ??= new BudgetSubject(KeyId, KeyName, User, Team, Budget, _version);
        private init => field = value;
    }

    /// <summary>When the key ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The credentials that the caller's calls go out with; null for any.</summary>
    public CredentialBinding? Binding { get; init; }

    /// <summary>The same caller by a token of its own, which ends sooner: limits, counters and budgets are the caller's.</summary>
    public Caller Until(DateTimeOffset end) => Copy(Team, ExpiresAt < end ? ExpiresAt : end, Budgets);

    /// <summary>The same caller with another team or an earlier end.</summary>
    public Caller With(string? team, DateTimeOffset? expiresAt)
        => Copy(team, expiresAt < ExpiresAt || ExpiresAt is null ? expiresAt : ExpiresAt, team == Team ? Budgets : null);

    private Caller Copy(string? team, DateTimeOffset? end, BudgetSubject? budgets) => new()
    {
        KeyId = KeyId,
        KeyName = KeyName,
        User = User,
        AccountId = AccountId,
        SessionId = SessionId,
        Role = Role,
        Scopes = Scopes,
        Models = Models,
        Mcp = Mcp,
        Limiter = Limiter,
        Budget = Budget,
        Budgets = budgets!,
        Binding = Binding,
        Team = team,
        ExpiresAt = end,
    };
}
