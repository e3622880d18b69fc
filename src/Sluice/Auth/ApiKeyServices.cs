namespace Sluice.Auth;

internal static class ApiKeyServices
{
    /// <summary>Adds API keys: the registry of the request path and their administration. Needs storage and a configuration source.</summary>
    public static IServiceCollection AddApiKeys(this IServiceCollection services, ApiKeyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<IApiKeyAdministration>(provider => provider.GetRequiredService<ApiKeyStore>());
        services.AddSingleton<CallerRegistry>();
        services.AddSingleton<ICallerRegistry>(provider => provider.GetRequiredService<CallerRegistry>());
        services.AddSingleton<ICallerDirectory>(provider => provider.GetRequiredService<CallerRegistry>());
        services.AddSingleton<KeyUse>();
        services.AddSingleton<FirstRun>();
        return services;
    }
}
