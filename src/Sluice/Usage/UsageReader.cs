using Dapper;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>Reads the account back. A query first waits for what was handed over before it, so that a caller sees its own calls.</summary>
internal sealed class UsageReader(SqliteDatabase database, UsageQueue queue, TimeProvider time)
{
    private const string SeriesOfFilter =
        "(SELECT id FROM usage_series WHERE (@Key IS NULL OR key_name = @Key OR key_id = @Key) AND (@Model IS NULL OR model = @Model))";

    private const long MicrosPerMinute = 60_000_000;
    private const long MicrosPerHour = 60 * MicrosPerMinute;

    /// <summary>How long a query waits for the queue before it answers with what is stored.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Records below an id, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">The id of the last record of the page before; null for the first page.</param>
    /// <param name="limit">The most records to return.</param>
    public async Task<IReadOnlyList<UsageRow>> ListAsync(UsageFilter filter, long? before, int limit)
    {
        await CatchUpAsync();
        using var read = database.Read();
        var below = before ?? long.MaxValue;
        var rows = new List<UsageRow>();
        var ranges = filter.IsEmpty ? [(First: 0L, Last: long.MaxValue - 1)] : Ranges(read.Connection, filter, below);
        foreach (var (first, last) in ranges)
        {
            rows.AddRange(Rows(read.Connection, filter, first, Math.Min(last, below - 1), limit - rows.Count));
            if (rows.Count == limit)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>Sums by group, most calls first, whole minutes (whole hours before the last two days).</summary>
    public async Task<IReadOnlyList<UsageSum>> SummarizeAsync(UsageGrouping grouping, DateTimeOffset? from, DateTimeOffset? to)
    {
        await CatchUpAsync();
        var now = time.GetUtcNow();
        var first = from is { } start ? start.UnixMicros() / MicrosPerMinute : 0;
        var end = to is { } stop
            ? (stop.UnixMicros() + MicrosPerMinute - 1) / MicrosPerMinute
            : (now.UnixMicros() / MicrosPerMinute) + RollupCover.MinutesPerDay;
        var oldestMinute = RollupCover.Floor((now - RollupCover.MinuteRetention).UnixMicros() / MicrosPerMinute, RollupCover.MinutesPerHour);
        if (to is null)
        {
            end = RollupCover.Ceiling(end, RollupCover.MinutesPerDay);
        }

        var ranges = RollupCover.Of(first, Math.Max(first, end), oldestMinute);
        if (ranges.Count == 0)
        {
            return [];
        }

        var parameters = new DynamicParameters();
        var sources = new List<string>();
        for (var i = 0; i < ranges.Count; i++)
        {
            parameters.Add("from" + i, ranges[i].From);
            parameters.Add("to" + i, ranges[i].To);
            sources.Add($"SELECT * FROM {ranges[i].Table} WHERE bucket >= @from{i} AND bucket < @to{i}");
        }

        using var read = database.Read();
        return read.Connection.Query<UsageSum>(
            $"SELECT s.{Column(grouping)} AS Name, {UsageSum.Columns} FROM ({string.Join(" UNION ALL ", sources)}) u "
            + "JOIN usage_series s ON s.id = u.series GROUP BY 1 ORDER BY 2 DESC, 1",
            parameters).AsList();
    }

    /// <summary>
    /// The id ranges in which the filter's records lie, newest first and without overlap. The hourly roll-ups know them, which
    /// saves the table of records an index that every call would pay for.
    /// </summary>
    private static List<(long First, long Last)> Ranges(SqliteConnection connection, UsageFilter filter, long below)
    {
        var hours = connection.Query<(long First, long Last)>(
            "SELECT MIN(first_id), MAX(last_id) FROM usage_hours WHERE bucket >= @FromHour AND bucket <= @ToHour AND first_id < @Below "
            + (filter.NamesSeries ? $"AND series IN {SeriesOfFilter} " : "")
            + "GROUP BY bucket ORDER BY 2 DESC",
            new
            {
                filter.Key,
                filter.Model,
                FromHour = (filter.From?.UnixMicros() ?? 0) / MicrosPerHour,
                ToHour = (filter.To?.UnixMicros() ?? long.MaxValue) / MicrosPerHour,
                Below = below,
            });
        var ranges = new List<(long First, long Last)>();
        foreach (var hour in hours)
        {
            if (ranges.Count > 0 && hour.Last >= ranges[^1].First)
            {
                // Long calls end in the hour after: neighbours overlap a little.
                ranges[^1] = (Math.Min(ranges[^1].First, hour.First), ranges[^1].Last);
            }
            else
            {
                ranges.Add(hour);
            }
        }

        return ranges;
    }

    private static IEnumerable<UsageRow> Rows(SqliteConnection connection, UsageFilter filter, long first, long last, int limit)
        // CROSS JOIN fixes the order in SQLite: records by id first, never an index made on the fly over all of them.
        => connection.Query<UsageRow>(
            $"SELECT {UsageRow.Columns} FROM usage_records r CROSS JOIN usage_series s ON s.id = r.series WHERE r.id BETWEEN @First AND @Last "
            + (filter.NamesSeries ? $"AND r.series IN {SeriesOfFilter} " : "")
            + "AND r.at >= @From AND r.at < @To ORDER BY r.id DESC LIMIT @Limit",
            new
            {
                filter.Key,
                filter.Model,
                From = filter.From?.UnixMicros() ?? long.MinValue,
                To = filter.To?.UnixMicros() ?? long.MaxValue,
                First = first,
                Last = last,
                Limit = limit,
            });

    private static string Column(UsageGrouping grouping) => grouping switch
    {
        UsageGrouping.Model => "model",
        UsageGrouping.Key => "key_name",
        UsageGrouping.Provider => "provider",
        UsageGrouping.Credential => "credential",
        UsageGrouping.User => "user",
        _ => throw new ArgumentOutOfRangeException(nameof(grouping)),
    };

    private async Task CatchUpAsync()
    {
        try
        {
            await queue.FlushAsync().WaitAsync(LongestWait, time);
        }
        catch (Exception e) when (e is TimeoutException or SqliteException)
        {
            // A busy or full disk: what is stored is better than no answer; the queue keeps trying and logs why.
        }
    }
}
