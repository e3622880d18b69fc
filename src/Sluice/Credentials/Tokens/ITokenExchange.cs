namespace Sluice.Credentials.Tokens;

/// <summary>
/// Exchanges one credential for access tokens: a service account's key for a Google token, a session for its access token. Knows
/// nothing of when: <see cref="CredentialToken"/> asks once at a time, early, and again with a growing pause when it failed.
/// </summary>
internal interface ITokenExchange : IDisposable
{
    /// <summary>How long before its end a token of this kind is renewed where the configuration does not say.</summary>
    TimeSpan UsualEarly { get; }

    /// <summary>Asks for a new token. An expected failure is a value; a cancellation gives one too.</summary>
    ValueTask<TokenAnswer> FetchAsync(CancellationToken cancellationToken);
}
