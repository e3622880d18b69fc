namespace Sluice.Usage;

internal static class UsageServices
{
    /// <summary>Adds the account of calls: the queue that takes records, and what reads them back. Needs storage and API keys.</summary>
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.AddSingleton<UsageQueue>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton<IUsageSink>(provider => provider.GetRequiredService<UsageQueue>());
        return services;
    }
}
