using Sluice.Usage;

namespace Sluice.Limits.Budgets;

internal static class BudgetServices
{
    /// <summary>
    /// Adds budgets: the gate of the request path, what the ledger charges, and what administrators read. Needs storage and a
    /// configuration source. Before the first call, and after the ledger has booked what a former process left behind,
    /// <see cref="BudgetTeller.DropHoldsAsync"/> is to be awaited.
    /// </summary>
    public static IServiceCollection AddBudgets(this IServiceCollection services, BudgetOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<BudgetPolicyStore>();
        services.AddSingleton<BudgetTeller>();
        services.AddSingleton<BudgetDirectory>();
        services.AddSingleton<BudgetReader>();
        services.AddSingleton<IBudgetGate, BudgetGate>();
        services.AddSingleton<IChargeSink, BudgetCharges>();
        return services;
    }
}
