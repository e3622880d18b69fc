using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Credentials.Tokens;

internal static class TokenServices
{
    /// <summary>Adds the access tokens of credentials. Needs a configuration source and the upstream transport.</summary>
    public static IServiceCollection AddCredentialTokens(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var tokens = ActivatorUtilities.CreateInstance<TokenDirectory>(provider);
            tokens.Follow(provider.GetRequiredService<IConfigurationSource>());
            return tokens;
        });
        services.AddSingleton<ITokenRefresher>(provider => provider.GetRequiredService<TokenDirectory>());
        return services;
    }
}
