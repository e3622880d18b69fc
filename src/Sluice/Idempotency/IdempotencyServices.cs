namespace Sluice.Idempotency;

internal static class IdempotencyServices
{
    /// <summary>Adds what lets calls be repeated safely. Needs storage.</summary>
    public static IServiceCollection AddIdempotency(this IServiceCollection services)
    {
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<IdempotencyGate>();
        return services;
    }
}
