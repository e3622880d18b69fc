using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Limits.Budgets;

/// <summary>A threshold that was reached in the current period.</summary>
internal sealed record ReachedThreshold(decimal Part, DateTimeOffset At);

/// <summary>How a budget of one subject stands now.</summary>
/// <param name="Position">Its row; 0 for one that was never used.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="SpentNano">What the ledger has booked.</param>
/// <param name="HeldNano">Granted to processes and not booked: reserved by calls in flight, or kept ready for the next.</param>
/// <param name="StartsAt">When the current period began; null where it has no beginning.</param>
/// <param name="ResetsAt">When it ends; null where it never does.</param>
/// <param name="Reached">Thresholds reached in it.</param>
internal sealed record BudgetBalance(
    long Position, string Subject, long SpentNano, long HeldNano, DateTimeOffset? StartsAt, DateTimeOffset? ResetsAt, IReadOnlyList<ReachedThreshold> Reached);

/// <summary>What a call took from a budget.</summary>
/// <param name="Policy">The budget's id.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="PeriodStart">The period that was charged.</param>
/// <param name="CostNano">Nano-USD.</param>
internal sealed record BudgetChargeRow(string Policy, string Subject, DateTimeOffset PeriodStart, long CostNano);

/// <summary>Reads how budgets stand, for people. Blocks the calling thread on the database.</summary>
internal sealed class BudgetReader(SqliteDatabase database, TimeProvider time)
{
    private const string Columns = "SELECT b.id, b.subject, COALESCE(p.spent, 0), COALESCE(p.held, 0), p.id FROM budgets b "
        + "LEFT JOIN budget_periods p ON p.budget = b.id AND p.per = $1 AND p.starts_at = $2 WHERE b.policy = $0 ";

    /// <summary>How one subject stands; all zero where it was never used.</summary>
    public BudgetBalance Of(BudgetPolicy policy, string subject)
    {
        var (span, start) = Now(policy);
        using var read = database.Read();
        var rows = read.Connection.Rows(Columns + "AND b.subject = $3", Row, policy.Id, BudgetStore.Name(policy.Per), start, subject);
        return rows.Count == 0 ? Balance(read.Connection, new BalanceRow(0, subject, 0, 0, null), span) : Balance(read.Connection, rows[0], span);
    }

    /// <summary>How every subject stands, the newest first.</summary>
    /// <param name="policy">The budget.</param>
    /// <param name="before">Only those below this position; null for all.</param>
    /// <param name="limit">How many at most.</param>
    public List<BudgetBalance> OfEach(BudgetPolicy policy, long? before, int limit)
    {
        var (span, start) = Now(policy);
        using var read = database.Read();
        return read.Connection.Rows(
            Columns + "AND b.id < $3 ORDER BY b.id DESC LIMIT $4", Row, policy.Id, BudgetStore.Name(policy.Per), start, before ?? long.MaxValue, limit)
            .ConvertAll(row => Balance(read.Connection, row, span));
    }

    /// <summary>What a record of the ledger took from budgets.</summary>
    /// <param name="recordId">The record's id.</param>
    public List<BudgetChargeRow> ChargesOf(long recordId)
    {
        using var read = database.Read();
        return read.Connection.Rows(
            "SELECT b.policy, b.subject, p.starts_at, c.cost FROM usage_charges c JOIN budget_periods p ON p.id = c.period_id "
            + "JOIN budgets b ON b.id = p.budget WHERE c.record_id = $0 ORDER BY b.id",
            row => new BudgetChargeRow(row.GetString(0), row.GetString(1), Clock.FromUnixMicros(row.GetInt64(2)), row.GetInt64(3)),
            recordId);
    }

    private (BudgetSpan Span, long StartMicros) Now(BudgetPolicy policy)
    {
        var span = BudgetCalendar.Containing(policy.Per, policy.Zone, time.GetUtcNow());
        return (span, span.Start.UnixMicros());
    }

    private static BudgetBalance Balance(SqliteConnection connection, BalanceRow row, BudgetSpan span)
    {
        var reached = row.Period is { } period
            ? connection.Rows(
                "SELECT threshold, at FROM budget_alerts WHERE period = $0 ORDER BY threshold",
                alert => new ReachedThreshold(alert.GetInt64(0) / 1_000_000m, Clock.FromUnixMicros(alert.GetInt64(1))),
                period)
            : [];
        var isEndless = span.End == DateTimeOffset.MaxValue;
        return new BudgetBalance(row.Position, row.Subject, row.Spent, row.Held, isEndless ? null : span.Start, isEndless ? null : span.End, reached);
    }

    private static BalanceRow Row(SqliteDataReader row)
        => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.Integer(4));

    private readonly record struct BalanceRow(long Position, string Subject, long Spent, long Held, long? Period);
}
