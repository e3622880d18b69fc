using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Sluice.Storage;

internal static class StorageServices
{
    /// <summary>Adds the database and the master key of a data folder; both are opened when first asked for.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => SqliteDatabase.Open(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => MasterKey.Open(options, provider.GetRequiredService<SqliteDatabase>()));
        return services;
    }
}
