using Sluice.Configuration;
using Sluice.Limits.Budgets;
using Sluice.Usage;

namespace Sluice.Hosting;

/// <summary>Joins the journal, the ledger and the budgets, in the order in which they start and stop.</summary>
internal static class MoneyHosting
{
    /// <summary>One process has the data folder to itself, so its name need only differ from that of no process: none.</summary>
    private const string OnlyNode = "local";

    /// <summary>Adds the account of calls and their budgets. Needs storage, API keys and a configuration source.</summary>
    public static IServiceCollection AddMoney(this IServiceCollection services, ServerConfig server)
    {
        services.AddUsage();
        services.AddBudgets(new BudgetOptions(OnlyNode));
        services.AddHostedService<MoneyStart>();
        return services;
    }

    /// <summary>
    /// Before the service listens: what a former process has left in the journal is settled and booked, and then what it
    /// held of budgets is free again.
    /// </summary>
    private sealed class MoneyStart(Ledger ledger, BudgetTeller budgets) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await ledger.OpenAsync();
            await budgets.DropHoldsAsync();
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
