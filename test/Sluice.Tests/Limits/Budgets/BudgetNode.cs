using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Limits.Budgets;
using Sluice.Storage;
using Sluice.TestKit;
using Sluice.Tests.Auth;
using Sluice.Usage;

namespace Sluice.Tests.Limits.Budgets;

/// <summary>A process as far as budgets go: its gate over a database that other nodes may share, and a ledger that books when it is told.</summary>
internal sealed class BudgetNode
{
    private readonly BudgetCharges _charges;
    private readonly SqliteDatabase _database;

    public BudgetNode(SqliteDatabase database, TimeProvider time, SluiceConfig config, string name = "node")
    {
        _database = database;
        Configuration = new StubConfiguration(config);
        var options = new BudgetOptions(name);
        Store = new BudgetPolicyStore(database, time);
        Teller = new BudgetTeller(database, options, time, NullLogger<BudgetTeller>.Instance);
        Directory = new BudgetDirectory(Configuration, Store, Teller);
        Gate = new BudgetGate(Directory, Teller, time, NullLogger<BudgetGate>.Instance);
        _charges = new BudgetCharges(options, NullLogger<BudgetCharges>.Instance);
    }

    public StubConfiguration Configuration { get; }

    public BudgetPolicyStore Store { get; }

    public BudgetTeller Teller { get; }

    public BudgetDirectory Directory { get; }

    public BudgetGate Gate { get; }

    /// <summary>A configuration with one budget of everything.</summary>
    public static SluiceConfig Global(long nano, string per = "total", string mode = "enforce", string zone = "UTC", string name = "all") => new()
    {
        Budgets = [Budget(name, "global", nano, per) with { Budget = new BudgetConfig { Usd = nano / 1_000_000_000m, Per = per, Mode = mode, TimeZone = zone } }],
    };

    public static SharedBudgetConfig Budget(string name, string scope, long nano, string per = "total", string match = "*", bool each = false) => new()
    {
        Name = name,
        Scope = scope,
        Match = match,
        Each = each,
        Budget = new BudgetConfig { Usd = nano / 1_000_000_000m, Per = per },
        Origin = ConfigOrigin.File,
    };

    public static BudgetSubject Subject(string key = "k", string? user = null, string? team = null, BudgetConfig? own = null, long version = 1)
        => new("key_" + key, key, user, team, own, version);

    public BudgetAccount[] Accounts(BudgetSubject? subject = null, string model = "m") => Gate.For(subject ?? Subject(), model);

    public async Task<BudgetDecision> ReserveAsync(long nano, BudgetHold hold, BudgetAccount[]? accounts = null)
        => await Gate.ReserveAsync(accounts ?? Accounts(), nano, hold);

    /// <summary>Ends a call as the pipeline does: the gate first or the ledger first, as it comes.</summary>
    public async Task EndAsync(BudgetHold hold, long cost)
    {
        Gate.Settle(hold, cost);
        await BookAsync(Costs(hold, cost));
    }

    /// <summary>What the ledger books, as the drainer of the journal does.</summary>
    public Task BookAsync(IReadOnlyList<BudgetCost> costs) => _database.WriteAsync(connection => _charges.Apply(connection, costs));

    public static List<BudgetCost> Costs(BudgetHold hold, long cost)
        => [.. Enumerable.Range(0, hold.Count).Select(i => new BudgetCost(hold.PeriodId(i), cost))];

    public Task ReloadAsync(SluiceConfig config)
    {
        Configuration.File = config;
        return Configuration.ReloadAsync(default);
    }
}

/// <summary>Sums over all periods of a database, in nano-USD.</summary>
internal static class BudgetSums
{
    public static (long Spent, long Held) Of(SqliteDatabase database)
    {
        using var read = database.Read();
        return read.Connection.Rows("SELECT COALESCE(SUM(spent), 0), COALESCE(SUM(held), 0) FROM budget_periods", row => (row.GetInt64(0), row.GetInt64(1)))[0];
    }

    /// <summary>Periods whose balance is not what the rules say: over the limit, below zero, or not the sum of its holds.</summary>
    public static List<string> Violations(SqliteDatabase database, long? limit = null)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            "SELECT id, spent, held, (SELECT COALESCE(SUM(amount), 0) FROM budget_holds h WHERE h.period = p.id) AS sum, limit_nano FROM budget_periods p "
            + "WHERE spent + held > COALESCE($0, limit_nano) OR held < 0 OR spent < 0 OR held <> sum "
            + "OR EXISTS (SELECT 1 FROM budget_holds h WHERE h.period = p.id AND h.amount < 0)",
            row => $"period {row.GetInt64(0)}: spent {row.GetInt64(1)}, held {row.GetInt64(2)}, holds {row.GetInt64(3)}, limit {row.GetInt64(4)}",
            limit);
    }
}

/// <summary>A clock that is set, whose timers never fire: rounds are made by hand, or not at all.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan _shift;

    public void Shift(TimeSpan by) => _shift += by;

    public override DateTimeOffset GetUtcNow() => FakeTime.Start + _shift;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => (TimeSpan.TicksPerHour * 1000) + _shift.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
