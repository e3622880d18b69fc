namespace Sluice.StoredResponses;

internal static class StoredResponseServices
{
    /// <summary>Adds what keeps answers of the Responses API for later calls. Needs storage and configuration.</summary>
    public static IServiceCollection AddStoredResponses(this IServiceCollection services)
    {
        services.AddSingleton<StoredResponseStore>();
        services.AddSingleton(provider => new ResponseCache(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ResponseDirectory>();
        services.AddHostedService<ResponseUpkeep>();
        return services;
    }
}
