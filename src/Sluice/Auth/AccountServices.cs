using Sluice.Auth.Accounts;
using Sluice.Auth.Mail;
using Sluice.Auth.Protection;
using Sluice.Auth.SignIn;
using Sluice.Auth.Tokens;

namespace Sluice.Auth;

internal static class AccountServices
{
    /// <summary>Adds accounts, their sessions and tokens. Needs storage, API keys and a configuration source.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, FirstAdministratorOptions administrator, PasswordOptions? passwords = null)
    {
        services.AddSingleton(administrator);
        services.AddSingleton(passwords ?? new PasswordOptions());
        services.AddSingleton<PasswordThreads>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<AccountTokenStore>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<AccessTokenCallers>();
        services.AddSingleton<AttemptGuard>();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<IdentityHttp>();
        services.AddSingleton<ExternalProviders>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<ExternalAccounts>();
        services.AddSingleton<Outbox>();
        services.AddHostedService(provider => provider.GetRequiredService<Outbox>());
        services.AddHostedService<FirstAdministrator>();
        services.AddHostedService<AccountUpkeep>();
        return services;
    }
}
