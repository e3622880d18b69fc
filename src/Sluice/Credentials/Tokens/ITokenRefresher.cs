namespace Sluice.Credentials.Tokens;

/// <summary>What a refresh by hand came to.</summary>
/// <param name="HasToken">False where the credential is its own secret, and there is nothing to fetch.</param>
/// <param name="Failure">Why no token was fetched; null when one was.</param>
internal readonly record struct RefreshResult(bool HasToken, TokenFailure? Failure);

/// <summary>Fetches new access tokens by hand.</summary>
internal interface ITokenRefresher
{
    /// <summary>Fetches a new token for a credential now, whatever state it is in; joins an exchange that is under way.</summary>
    Task<RefreshResult> RefreshAsync(string provider, string name, CancellationToken cancellationToken);
}
