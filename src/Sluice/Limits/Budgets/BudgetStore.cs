using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Limits.Budgets;

/// <summary>How a period stands in the database, in nano-USD.</summary>
internal readonly record struct BudgetPeriodRow(long Spent, long Held);

/// <summary>What one process holds of a period.</summary>
internal readonly record struct BudgetHoldRow(long Amount, long Charged);

/// <summary>The SQL of the counts. Writing methods run inside a transaction of the writer.</summary>
internal static class BudgetStore
{
    /// <summary>Minutes and hours are kept this long; days and more for good.</summary>
    private static readonly TimeSpan ShortPeriodsKept = TimeSpan.FromDays(7);

    /// <summary>A hold that was dropped is forgotten only when no process can come back to it.</summary>
    private static readonly TimeSpan DroppedHoldsKept = TimeSpan.FromDays(1);

    /// <summary>Finds the row of a period, or makes it; returns its id.</summary>
    public static long Open(SqliteConnection connection, BudgetPolicy policy, BudgetChunk chunk)
    {
        connection.Execute(
            "INSERT INTO budgets (policy, subject) VALUES ($0, $1) ON CONFLICT (policy, subject) DO NOTHING", policy.Id, chunk.Account.Subject);
        var budget = connection.Scalar<long>("SELECT id FROM budgets WHERE policy = $0 AND subject = $1", policy.Id, chunk.Account.Subject);
        var (per, start) = (Name(chunk.Per), chunk.Span.Start.UnixMicros());
        connection.Execute(
            "INSERT INTO budget_periods (budget, per, starts_at, ends_at, limit_nano, spent, held) VALUES ($0, $1, $2, $3, $4, 0, 0) "
            + "ON CONFLICT (budget, per, starts_at) DO NOTHING",
            budget, per, start, EndOf(chunk.Span), policy.LimitNano);
        return connection.Scalar<long>("SELECT id FROM budget_periods WHERE budget = $0 AND per = $1 AND starts_at = $2", budget, per, start);
    }

    /// <summary>A period; null when it was forgotten.</summary>
    public static BudgetPeriodRow? ReadPeriod(SqliteConnection connection, long period)
        => Only(connection.Rows("SELECT spent, held FROM budget_periods WHERE id = $0", row => new BudgetPeriodRow(row.GetInt64(0), row.GetInt64(1)), period));

    /// <summary>What a node holds of a period; null for nothing yet.</summary>
    public static BudgetHoldRow? ReadHold(SqliteConnection connection, string node, long period)
        => Only(connection.Rows(
            "SELECT amount, charged FROM budget_holds WHERE node = $0 AND period = $1", row => new BudgetHoldRow(row.GetInt64(0), row.GetInt64(1)), node, period));

    /// <summary>Grants an amount, if the limit allows it.</summary>
    public static bool TryGrant(SqliteConnection connection, long period, long nano, long limitNano)
        => connection.Execute(
            "UPDATE budget_periods SET held = held + $1 WHERE id = $0 AND spent + held + $1 <= $2", period, nano, limitNano) == 1;

    /// <summary>Changes what is held, whatever the limit says: for what is given back, and for what is spent in any case.</summary>
    public static void Adjust(SqliteConnection connection, long period, long nano)
        => connection.Execute("UPDATE budget_periods SET held = held + $1 WHERE id = $0", period, nano);

    /// <summary>Notes the limit under which a period was used last, for those who look at it.</summary>
    public static void NoteLimit(SqliteConnection connection, long period, long limitNano)
        => connection.Execute("UPDATE budget_periods SET limit_nano = $1 WHERE id = $0 AND limit_nano <> $1", period, limitNano);

    /// <summary>Writes what a node holds, and until when.</summary>
    public static void WriteHold(SqliteConnection connection, string node, long period, long amount, DateTimeOffset expiresAt)
        => connection.Execute(
            "INSERT INTO budget_holds (node, period, amount, charged, expires_at) VALUES ($0, $1, $2, 0, $3) "
            + "ON CONFLICT (node, period) DO UPDATE SET amount = $2, expires_at = $3",
            node, period, amount, expiresAt.UnixMicros());

    public static void DeleteHold(SqliteConnection connection, string node, long period)
        => connection.Execute("DELETE FROM budget_holds WHERE node = $0 AND period = $1", node, period);

    /// <summary>Books a cost on a period and takes it from the node's hold; false when the period is not known.</summary>
    public static bool Charge(SqliteConnection connection, string node, long period, long nano)
    {
        if (ReadPeriod(connection, period) is not { } row)
        {
            return false;
        }

        var hold = ReadHold(connection, node, period) ?? default;
        var fromHold = Math.Min(hold.Amount, nano);
        connection.Execute(
            "UPDATE budget_periods SET spent = $1, held = held - $2 WHERE id = $0", period, NanoUsd.Add(row.Spent, nano), fromHold);
        connection.Execute(
            "UPDATE budget_holds SET amount = amount - $2, charged = $3 WHERE node = $0 AND period = $1",
            node, period, fromHold, NanoUsd.Add(hold.Charged, nano));
        return true;
    }

    /// <summary>Drops everything that a node holds: a former process of it has ended, and its calls are booked.</summary>
    public static void DropHolds(SqliteConnection connection, string node)
    {
        connection.Execute(
            "UPDATE budget_periods SET held = held - (SELECT h.amount FROM budget_holds h WHERE h.period = budget_periods.id AND h.node = $0) "
            + "WHERE id IN (SELECT period FROM budget_holds WHERE node = $0)",
            node);
        connection.Execute("DELETE FROM budget_holds WHERE node = $0", node);
    }

    /// <summary>Drops what other nodes hold beyond its time: they have ended, or must ask again before they use it.</summary>
    public static void DropExpired(SqliteConnection connection, string node, DateTimeOffset now)
    {
        var micros = now.UnixMicros();
        connection.Execute(
            "UPDATE budget_periods SET held = held - (SELECT SUM(h.amount) FROM budget_holds h WHERE h.period = budget_periods.id AND h.expires_at < $0 AND h.node <> $1) "
            + "WHERE id IN (SELECT period FROM budget_holds WHERE expires_at < $0 AND node <> $1 AND amount > 0)",
            micros, node);

        // The row stays for a while: a process that was only held up finds in it what has been booked.
        connection.Execute("UPDATE budget_holds SET amount = 0 WHERE expires_at < $0 AND node <> $1 AND amount > 0", micros, node);
    }

    /// <summary>Forgets short periods that ended long ago, and holds that were dropped long ago.</summary>
    public static void Forget(SqliteConnection connection, DateTimeOffset now)
    {
        var before = (now - ShortPeriodsKept).UnixMicros();
        connection.Execute("DELETE FROM budget_holds WHERE amount = 0 AND expires_at < $0", (now - DroppedHoldsKept).UnixMicros());
        connection.Execute(
            "DELETE FROM budget_alerts WHERE period IN (SELECT id FROM budget_periods WHERE ends_at < $0 AND per IN ('minute', 'hour') AND held = 0)", before);
        connection.Execute("DELETE FROM budget_periods WHERE ends_at < $0 AND per IN ('minute', 'hour') AND held = 0", before);
    }

    /// <summary>Notes that a threshold was reached; true for the first that notices.</summary>
    public static bool NoteAlert(SqliteConnection connection, long period, BudgetAlert alert, DateTimeOffset now)
        => connection.Execute(
            "INSERT INTO budget_alerts (period, threshold, at, spent, limit_nano) VALUES ($0, $1, $2, $3, $4) ON CONFLICT (period, threshold) DO NOTHING",
            period, alert.Threshold, now.UnixMicros(), alert.SpentNano, alert.Policy.LimitNano) == 1;

    public static string Name(BudgetPer per) => per switch
    {
        BudgetPer.Minute => "minute",
        BudgetPer.Hour => "hour",
        BudgetPer.Day => "day",
        BudgetPer.Week => "week",
        BudgetPer.Month => "month",
        _ => "total",
    };

    private static long? EndOf(BudgetSpan span) => span.End == DateTimeOffset.MaxValue ? null : span.End.UnixMicros();

    private static T? Only<T>(List<T> rows)
        where T : struct
        => rows.Count == 0 ? null : rows[0];
}
