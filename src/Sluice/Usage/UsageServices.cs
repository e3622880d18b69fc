using Microsoft.Extensions.DependencyInjection.Extensions;
using Sluice.Journal;
using Sluice.Usage.Export;

namespace Sluice.Usage;

internal static class UsageServices
{
    /// <summary>
    /// Adds the account of calls: the ledger that takes them, and what reads them back. Needs storage and API keys. Register
    /// an <see cref="OpenJournal"/> before it, or nothing outlives a crash; a <c>Func&lt;RecoveredCall, long?&gt;</c> prices
    /// what a crash cut off, and an <see cref="IChargeSink"/> books budgets.
    /// </summary>
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.TryAddSingleton<OpenJournal>(_ => (floor, _) => new UnloggedJournal(floor));
        services.AddSingleton<UsageQueue>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton<CredentialUsageReader>();
        services.AddSingleton<UsageExport>();
        services.AddSingleton<UsageCorrections>();
        services.AddSingleton<Ledger>();
        services.AddSingleton<ILedger>(provider => provider.GetRequiredService<Ledger>());
        return services;
    }
}
