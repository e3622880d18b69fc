using Sluice.Configuration;
using Sluice.Journal;
using Sluice.Limits.Budgets;
using Sluice.Storage;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Hosting;

/// <summary>Joins the journal, the ledger and the budgets, in the order in which they start and stop.</summary>
internal static class MoneyHosting
{
    /// <summary>The journal's folder inside the data folder.</summary>
    public const string Folder = "journal";

    /// <summary>One process has the data folder to itself, so its name need only stay the same.</summary>
    private const string OnlyNode = "local";

    /// <summary>Adds the account of calls and their budgets. Needs storage, API keys and a configuration source.</summary>
    public static IServiceCollection AddMoney(this IServiceCollection services, ServerConfig server)
    {
        services.AddSingleton<JournalHealth>();
        services.AddSingleton<IHealthContributor>(provider => provider.GetRequiredService<JournalHealth>());
        services.AddSingleton<OpenJournal>(provider => (floor, replay) => Open(provider, server, floor, replay));
        services.AddUsage();
        services.AddBudgets(new BudgetOptions(OnlyNode));
        services.AddHostedService<MoneyStart>();
        return services;
    }

    private static IJournal Open(IServiceProvider provider, ServerConfig server, long floor, JournalVisitor replay)
    {
        var folder = Path.Combine(provider.GetRequiredService<SqliteDatabase>().Folder, Folder);
        if (!server.Journal && !Directory.Exists(folder))
        {
            return new UnloggedJournal(floor);
        }

        var journal = GroupCommitJournal.Open(
            new JournalOptions(),
            new FileJournalDisk(folder),
            floor,
            replay,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GroupCommitJournal>>());
        if (server.Journal)
        {
            provider.GetRequiredService<JournalHealth>().Watch(journal);
            return journal;
        }

        // What a journal holds that is switched off now has been replayed, and goes to the database like everything after it.
        var durable = journal.DurableSequence;
        journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return new UnloggedJournal(Math.Max(floor, durable));
    }

    /// <summary>
    /// Before the service listens: what a former process has left in the journal is settled and booked, and then what it
    /// held of budgets is free again. After the last call has ended, what is not used of budgets goes back.
    /// </summary>
    private sealed class MoneyStart(Ledger ledger, BudgetTeller budgets) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await ledger.OpenAsync();
            await budgets.DropHoldsAsync();
        }

        public Task StopAsync(CancellationToken cancellationToken) => budgets.ReturnAsync();
    }
}
