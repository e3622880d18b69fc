namespace Sluice.Credentials;

internal static class CredentialServices
{
    /// <summary>Adds the pool: the health of credentials, what answers mean for it, and its memory. Needs storage and transport.</summary>
    public static IServiceCollection AddCredentials(this IServiceCollection services)
    {
        services.AddSingleton<CredentialStateStore>();
        services.AddSingleton<CredentialMemory>();
        services.AddHostedService(provider => provider.GetRequiredService<CredentialMemory>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<CredentialDirectory>(provider, provider.GetRequiredService<CredentialMemory>()));
        services.AddSingleton<CredentialJudge>();
        services.AddSingleton<IProbeTurn, AlwaysMyTurn>();
        return services;
    }
}
