using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>A row of <c>users</c>.</summary>
internal sealed record UserRecord
{
    public const string Columns =
        "position, id, email, name, role, tier, team, quota_daily_limit, password_hash, email_verified, disabled_at, created_at, updated_at, version";

    public const string DefaultTier = "free";

    public long Position { get; init; }
    public required string Id { get; init; }

    /// <summary>In lower case.</summary>
    public required string Email { get; init; }

    public required string Name { get; init; }
    public AccountRole Role { get; init; }
    public string Tier { get; init; } = DefaultTier;

    /// <summary>Empty for none.</summary>
    public string Team { get; init; } = "";

    /// <summary>Points per day; null where the tier decides.</summary>
    public long? DailyLimit { get; init; }

    /// <summary>bcrypt; null for people who only sign in elsewhere.</summary>
    public string? PasswordHash { get; init; }

    public bool EmailVerified { get; init; }
    public DateTimeOffset? DisabledAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public long Version { get; init; }

    public bool IsActive => DisabledAt is null;

    public static UserRecord Read(SqliteDataReader row) => new()
    {
        Position = row.GetInt64(0),
        Id = row.GetString(1),
        Email = row.GetString(2),
        Name = row.GetString(3),
        Role = Roles.Parse(row.GetString(4)),
        Tier = row.GetString(5),
        Team = row.GetString(6),
        DailyLimit = row.Integer(7),
        PasswordHash = row.Text(8),
        EmailVerified = row.GetBoolean(9),
        DisabledAt = row.Integer(10) is { } disabled ? Clock.FromUnixMicros(disabled) : null,
        CreatedAt = Clock.FromUnixMicros(row.GetInt64(11)),
        UpdatedAt = Clock.FromUnixMicros(row.GetInt64(12)),
        Version = row.GetInt64(13),
    };
}
