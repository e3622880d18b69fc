using Sluice.Configuration;

namespace Sluice.Auth;

/// <summary>Makes, lists and revokes the API keys of the database.</summary>
internal interface IApiKeyAdministration
{
    /// <summary>Makes a key. Its text is in the answer and nowhere else afterwards.</summary>
    Task<CreatedKey> CreateAsync(NewApiKey key, CancellationToken cancellationToken);

    /// <summary>Every key that is not deleted, newest first.</summary>
    IAsyncEnumerable<ApiKeyView> ListAsync(CancellationToken cancellationToken);

    /// <summary>Revokes a key by its id, or by its name where only one has it; false when there is none such.</summary>
    Task<bool> RevokeAsync(string idOrName, CancellationToken cancellationToken);
}

/// <summary>A key to make.</summary>
/// <param name="Name">For people and usage records.</param>
/// <param name="Models">Model names and patterns; null for all.</param>
/// <param name="Limits">Null for none.</param>
/// <param name="Budget">Null for none.</param>
/// <param name="ExpiresAt">Null for never.</param>
/// <param name="Administrator">True for a key that may call the admin API.</param>
internal sealed record NewApiKey(
    string Name,
    IReadOnlyList<string>? Models,
    LimitsConfig? Limits,
    BudgetConfig? Budget,
    DateTimeOffset? ExpiresAt,
    bool Administrator);

/// <summary>A key just made.</summary>
/// <param name="Id">Such as <c>key_…</c>.</param>
/// <param name="Key">The whole text; shown once.</param>
/// <param name="Prefix">Its beginning, by which people recognise it.</param>
internal sealed record CreatedKey(string Id, string Key, string Prefix);

/// <summary>A key as lists show it.</summary>
internal sealed record ApiKeyView(
    string Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Models,
    LimitsConfig Limits,
    BudgetConfig? Budget,
    bool Administrator,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt);
