using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin.Accounts;

/// <summary>A user as administrators see it.</summary>
internal sealed record UserItem : IListItem
{
    public required string Id { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }

    /// <summary>user, operator or admin.</summary>
    public required string Role { get; init; }

    public required string Tier { get; init; }
    public string? Team { get; init; }

    /// <summary>Points per day; null where the tier decides.</summary>
    public long? DailyLimit { get; init; }

    public bool EmailVerified { get; init; }
    public bool HasPassword { get; init; }
    public bool Disabled { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

internal sealed record CreateUserBody
{
    public string? Email { get; init; }

    /// <summary>8 characters or more, at most 72 bytes; or a hash of one.</summary>
    public string? Password { get; init; }

    /// <summary>bcrypt of cost 4 to 14, as another system has it.</summary>
    public string? PasswordHash { get; init; }

    public string? Name { get; init; }

    /// <summary>user, operator or admin; user when absent.</summary>
    public string? Role { get; init; }

    public string? Tier { get; init; }
    public string? Team { get; init; }
}

/// <param name="Role">user, operator or admin.</param>
internal sealed record RoleBody(string? Role = null);

internal sealed record TierBody(string? Tier = null);

/// <param name="Team">Empty or null for none.</param>
internal sealed record TeamBody(string? Team = null);

/// <param name="DailyLimit">Points per day; null lets the tier decide.</param>
internal sealed record QuotaBody(long? DailyLimit = null);

/// <param name="Email">Who may use it; anybody who has it when absent.</param>
/// <param name="ExpiresInSeconds">7 days when absent, at most 90.</param>
internal sealed record InviteBody(string? Email = null, int? ExpiresInSeconds = null);

/// <param name="Token">What goes into <c>invite</c> when registering; shown this once.</param>
/// <param name="Email">Who may use it; null for anybody who has it.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record InviteItem(string Token, string? Email, DateTimeOffset ExpiresAt);
