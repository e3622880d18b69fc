using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin.Accounts;

/// <summary>Whoever registers is a user of the default tier: nothing here can say otherwise.</summary>
internal sealed record RegisterBody
{
    public string? Email { get; init; }

    /// <summary>8 characters or more, at most 72 bytes.</summary>
    public string? Password { get; init; }

    public string? Name { get; init; }

    /// <summary>The invitation, where one is needed.</summary>
    public string? Invite { get; init; }
}

internal sealed record LoginBody(string? Email = null, string? Password = null);

internal sealed record RefreshBody(string? RefreshToken = null);

/// <param name="AccessToken">A compact JWS.</param>
/// <param name="TokenType">Bearer.</param>
/// <param name="ExpiresIn">Seconds.</param>
/// <param name="RefreshToken">Serves once; absent where there is no session.</param>
internal sealed record TokenItem(
    string AccessToken,
    string TokenType,
    int ExpiresIn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken);

/// <summary>An error of <c>/token</c>, RFC 6749 §5.2.</summary>
internal sealed record TokenErrorItem(string Error, string ErrorDescription);

/// <summary>Who the caller is. A key that no account has shows its own id and name.</summary>
internal sealed record MeItem(string Id, string? Email, string Name, string Role, string? Tier);

internal sealed record ProfileItem
{
    public required string Id { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public required string Tier { get; init; }
    public string? Team { get; init; }
    public bool EmailVerified { get; init; }

    /// <summary>False for people who only sign in elsewhere.</summary>
    public bool HasPassword { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A change of the own profile: members that are absent stay as they are.</summary>
internal sealed record ChangeProfileBody
{
    public string? Name { get; init; }

    /// <summary>Needs the current password, and is unverified from then on.</summary>
    public string? Email { get; init; }

    /// <summary>A new password; it needs the current one and ends every other session.</summary>
    public string? Password { get; init; }

    public string? CurrentPassword { get; init; }
}

internal sealed record EmailBody(string? Email = null);

internal sealed record OneTimeTokenBody(string? Token = null);

internal sealed record NewPasswordBody(string? Token = null, string? Password = null);

internal sealed record SessionItem : IListItem
{
    public required string Id { get; init; }
    public required string UserAgent { get; init; }
    public required string Address { get; init; }

    /// <summary>True for the session that asks.</summary>
    public bool Current { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UsedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <summary>A key of an account. What only administrators give, such as tools of MCP servers, is no member of it.</summary>
internal sealed record CreateOwnKeyBody
{
    public string? Name { get; init; }

    /// <summary>inference, account:read and account; inference alone when absent.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyList<string>? Models { get; init; }
    public LimitsBody? Limits { get; init; }
    public BudgetBody? Budget { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="OverlapSeconds">How long the text before it still holds, up to 30 days; 0 when absent.</param>
internal sealed record RotateApiKeyBody(int? OverlapSeconds = null);

/// <summary>A key that verifies access tokens, RFC 7517.</summary>
internal sealed record JsonWebKeyItem(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);

internal sealed record KeySetItem(IReadOnlyList<JsonWebKeyItem> Keys);
