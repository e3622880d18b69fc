namespace Sluice.Realtime;

internal static class RealtimeServices
{
    /// <summary>Adds realtime sessions. Needs the pipeline, budgets and the ledger.</summary>
    public static IServiceCollection AddRealtime(this IServiceCollection services)
    {
        services.AddSingleton<RealtimeSessions>();
        services.AddSingleton<RealtimeConnector>();
        services.AddSingleton<RealtimeGateway>();
        return services;
    }
}
