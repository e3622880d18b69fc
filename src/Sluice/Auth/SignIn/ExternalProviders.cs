using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.SignIn;

/// <summary>The places where people can sign in, as configured now.</summary>
internal sealed class ExternalProviders(IConfigurationSource configuration, IServiceProvider services, TimeProvider time)
{
    /// <summary>The provider of that name; null when it is not set up whole.</summary>
    public IExternalProvider? Find(string? name)
    {
        var auth = configuration.Current.Config.Auth;
        if (name == GitHubProvider.Name)
        {
            return auth.GitHub is { ClientId.Length: > 0, ClientSecret.IsEmpty: false } github ? new GitHubProvider(github, Http) : null;
        }

        return auth.Oidc.FirstOrDefault(provider => provider.Name == name) is { } oidc ? new OidcProvider(oidc, Http, time) : null;
    }

    /// <summary>Made at the first sign-in elsewhere: most processes never see one, and the HTTP client costs memory.</summary>
    private IdentityHttp Http => services.GetRequiredService<IdentityHttp>();
}
