using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>
/// Whether the account agrees with itself: the records with each table of sums, and the charges of records with what the
/// budgets count as spent. Reads every record: seconds per ten million.
/// </summary>
internal static class LedgerInvariant
{
    private const int MostViolations = 20;

    private const string Measures =
        "SUM(input), SUM(cache_read), SUM(cache_write_5m), SUM(cache_write_1h), SUM(output), SUM(reasoning), "
        + "SUM(COALESCE(cost, 0) / 1000000000), SUM(COALESCE(cost, 0) % 1000000000), SUM(latency)";

    // A correction is no call.
    private const string OfRecords =
        "SELECT series, COUNT(*) - COUNT(c.id), SUM(status >= 3), SUM(cost IS NULL AND status < 3), " + Measures
        + " FROM usage_records r LEFT JOIN usage_corrections c ON c.id = r.id GROUP BY series";

    private static readonly string[] Names =
        ["calls", "failed", "unpriced", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "cost", "latency"];

    /// <summary>The disagreements, one sentence each; at most twenty.</summary>
    public static IReadOnlyList<string> Check(SqliteConnection connection)
    {
        // One view of the database for all sums, also while the service writes.
        connection.Execute("BEGIN");
        try
        {
            var violations = new List<string>();
            var records = Sums(connection, OfRecords);
            Compare(records, Sums(connection, OfTable("usage_hours")), "the records", "usage_hours", violations);
            Compare(records, Sums(connection, OfTable("usage_days")), "the records", "usage_days", violations);
            CompareMinutes(connection, violations);
            CompareBudgets(connection, violations);
            return [.. violations.Take(MostViolations)];
        }
        finally
        {
            connection.Execute("ROLLBACK");
        }
    }

    /// <summary>Minutes are kept for two days, and agree with the hours as long as they are.</summary>
    private static void CompareMinutes(SqliteConnection connection, List<string> violations)
    {
        var newest = connection.Scalar<long>("SELECT MAX(bucket) FROM usage_minutes") / RollupCover.MinutesPerHour;
        var oldest = newest - (long)RollupCover.MinuteRetention.TotalHours;
        Compare(
            Sums(connection, OfTable("usage_minutes", "WHERE bucket >= $0"), oldest * RollupCover.MinutesPerHour),
            Sums(connection, OfTable("usage_hours", "WHERE bucket >= $0"), oldest),
            "usage_minutes",
            "usage_hours of the last two days",
            violations);
    }

    private static void CompareBudgets(SqliteConnection connection, List<string> violations)
    {
        if (connection.Scalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'budget_periods'") == 0)
        {
            return;
        }

        violations.AddRange(connection.Rows(
            "SELECT p.id, p.spent, COALESCE(c.cost, 0) FROM budget_periods p "
            + "LEFT JOIN (SELECT period_id, SUM(cost) AS cost FROM usage_charges GROUP BY period_id) c ON c.period_id = p.id "
            + "WHERE p.spent <> COALESCE(c.cost, 0)",
            row => string.Create(
                null, $"Budget period {row.GetInt64(0)} counts {row.GetInt64(1)} nano-USD as spent, the records charge it with {row.GetInt64(2)}")));
    }

    private static string OfTable(string table, string where = "")
        => $"SELECT series, SUM(calls), SUM(failed), SUM(unpriced), {Measures} FROM {table} {where} GROUP BY series";

    private static Dictionary<long, Int128[]> Sums(SqliteConnection connection, string sql, params ReadOnlySpan<object?> parameters)
        => connection.Rows(sql, Sum, parameters).ToDictionary(sum => sum.Series, sum => sum.Values);

    private static (long Series, Int128[] Values) Sum(SqliteDataReader row)
    {
        var values = new Int128[Names.Length];
        for (var i = 0; i < 9; i++)
        {
            values[i] = row.GetInt64(i + 1);
        }

        values[9] = ((Int128)row.GetInt64(10) * 1_000_000_000) + row.GetInt64(11);
        values[10] = row.GetInt64(12);
        return (row.GetInt64(0), values);
    }

    private static void Compare(
        Dictionary<long, Int128[]> left, Dictionary<long, Int128[]> right, string leftName, string rightName, List<string> violations)
    {
        foreach (var series in left.Keys.Union(right.Keys))
        {
            for (var i = 0; i < Names.Length; i++)
            {
                var (a, b) = (Value(left, series, i), Value(right, series, i));
                if (a != b)
                {
                    violations.Add(string.Create(null, $"Series {series}: {leftName} have {Names[i]} {a}, {rightName} {b}"));
                }
            }
        }
    }

    private static Int128 Value(Dictionary<long, Int128[]> sums, long series, int measure)
        => sums.TryGetValue(series, out var values) ? values[measure] : 0;
}
