using Sluice.Pricing.Import;

namespace Sluice.Pricing;

internal static class PricingServices
{
    /// <summary>Adds the imported prices and their feed. Needs storage.</summary>
    public static IServiceCollection AddPricing(this IServiceCollection services)
    {
        services.AddSingleton<PriceStore>();
        services.AddSingleton<PriceFeed>();
        services.AddSingleton<IPriceFeed>(provider => provider.GetRequiredService<PriceFeed>());
        return services;
    }
}
