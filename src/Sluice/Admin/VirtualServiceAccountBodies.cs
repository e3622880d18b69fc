using System.Text.Json.Serialization;
using Sluice.Admin.Http;
using Sluice.Auth.Google;

namespace Sluice.Admin;

/// <summary>A virtual service account without what it proves itself with.</summary>
internal record VirtualServiceAccountItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>enabled, disabled or expired.</summary>
    public required string State { get; init; }

    /// <summary>The <c>client_email</c> of its key file.</summary>
    public required string Email { get; init; }

    public required string ClientId { get; init; }
    public required IReadOnlyList<string> Models { get; init; }
    public required LimitsBody Limits { get; init; }
    public BudgetBody? Budget { get; init; }

    /// <summary>What its calls go out with; empty for any.</summary>
    public required IReadOnlyList<BoundCredentialBody> Credentials { get; init; }

    /// <summary>The public keys that its assertions may be signed with now.</summary>
    public required IReadOnlyList<VirtualKeyItem> Keys { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <param name="Id">The <c>private_key_id</c> of the key file.</param>
/// <param name="EndsAt">When a key that was replaced ends; null for the current one.</param>
internal sealed record VirtualKeyItem(string Id, DateTimeOffset? EndsAt);

/// <summary>An account with a new key; the private key and the client secret are shown this once.</summary>
internal sealed record IssuedVirtualServiceAccountItem : VirtualServiceAccountItem
{
    /// <summary>What Google's libraries take: save it as it is.</summary>
    public required GoogleKeyFile KeyFile { get; init; }

    /// <summary>For the grants client_credentials, refresh_token and authorization_code, with client_id.</summary>
    public required string ClientSecret { get; init; }
}

internal sealed record CreateVirtualServiceAccountBody
{
    public string? Name { get; init; }

    /// <summary>Names or patterns of models; all when absent.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    public LimitsBody? Limits { get; init; }
    public BudgetBody? Budget { get; init; }

    /// <summary>The credentials that its calls go out with, by weight; any when absent.</summary>
    public IReadOnlyList<BoundCredentialBody>? Credentials { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="Provider">A provider's name; any when absent.</param>
/// <param name="Credential">A credential's name; any of the provider when absent.</param>
/// <param name="Location">The location of the provider; any when absent.</param>
/// <param name="Weight">The share of calls, 1 when absent; 0 serves only when no other can.</param>
internal sealed record BoundCredentialBody(string? Provider = null, string? Credential = null, string? Location = null, int? Weight = null);

/// <param name="OverlapSeconds">How long the old key and secret go on, up to 30 days; 0 when absent.</param>
internal sealed record RotateVirtualServiceAccountBody(int? OverlapSeconds = null);

/// <param name="RedirectUri">What the client will name again when it redeems the code; empty when absent.</param>
internal sealed record CreateAuthorizationCodeBody(string? RedirectUri = null);

/// <param name="Code">Good for one token.</param>
/// <param name="ExpiresIn">In seconds.</param>
internal sealed record AuthorizationCodeItem(string Code, long ExpiresIn);
