namespace Sluice.Auth.SignIn;

/// <summary>Who somebody is elsewhere.</summary>
/// <param name="Subject">The provider's own id of the person, which never changes.</param>
/// <param name="Email">Null where the provider tells none.</param>
/// <param name="EmailVerified">True where the provider has seen that the address is the person's.</param>
/// <param name="Name">As the provider shows the person.</param>
internal sealed record ExternalIdentity(string Subject, string? Email, bool EmailVerified, string Name);

/// <summary>What one sign-in is bound to.</summary>
/// <param name="State">Comes back with the code.</param>
/// <param name="Verifier">The secret of PKCE, RFC 7636.</param>
/// <param name="Nonce">Comes back inside an OpenID token.</param>
/// <param name="RedirectUri">Where the provider sends the browser.</param>
internal sealed record SignInRequest(string State, string Verifier, string Nonce, string RedirectUri);

/// <summary>A place where people sign in.</summary>
internal interface IExternalProvider
{
    /// <summary>Where the browser goes; null when the provider cannot be asked.</summary>
    Task<string?> AuthorizeUrlAsync(SignInRequest request, CancellationToken cancellationToken);

    /// <summary>Who has signed in; null when the code is not good or the provider fails.</summary>
    Task<ExternalIdentity?> ExchangeAsync(SignInRequest request, string code, CancellationToken cancellationToken);
}
