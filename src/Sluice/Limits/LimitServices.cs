namespace Sluice.Limits;

internal static class LimitServices
{
    /// <summary>Adds the limits of calls. Needs a configuration source.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services) => services.AddSingleton<LimiterSet>();
}
