using Dapper;
using Microsoft.Data.Sqlite;
using Sluice.Storage;
using Sluice.Usage.Export;

namespace Sluice.Usage;

/// <summary>Reads the account back. A query first waits for what was handed over before it, so that a caller sees its own calls.</summary>
internal sealed class UsageReader(SqliteDatabase database, UsageQueue queue, TimeProvider time)
{
    private const string SeriesOfFilter =
        "(SELECT id FROM usage_series WHERE (@Key IS NULL OR key_name = @Key OR key_id = @Key) AND (@Model IS NULL OR model = @Model))";

    // CROSS JOIN: from the few corrections to their records, not the other way round.
    private const string CorrectionsByHour =
        "SELECT r.at / 3600000000 AS bucket, r.series AS series, SUM(r.cost) AS cost FROM usage_corrections x CROSS JOIN usage_records r ON r.id = x.id "
        + "WHERE r.at >= @From AND r.at < @To GROUP BY 1, 2";

    /// <summary>Rows of one read of <see cref="ReadAllAsync"/>: a few megabytes.</summary>
    private const int PageSize = 2_000;

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
            rows.AddRange(Rows(read.Connection, filter, first, Math.Min(last, below - 1), limit - rows.Count, "DESC"));
            if (rows.Count == limit)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>Every record of the filter that is stored now, oldest first, in pages; the database is free between two of them.</summary>
    public async IAsyncEnumerable<IReadOnlyList<UsageRow>> ReadAllAsync(UsageFilter filter)
    {
        await CatchUpAsync();
        List<(long First, long Last)> ranges;
        using (var read = database.Read())
        {
            var last = read.Connection.Scalar<long>("SELECT MAX(id) FROM usage_records");
            ranges = filter.IsEmpty ? [(First: 0L, Last: last)] : Ranges(read.Connection, filter, last + 1);
        }

        for (var i = ranges.Count - 1; i >= 0; i--)
        {
            var (first, last) = ranges[i];
            for (var full = true; full;)
            {
                List<UsageRow> page;
                using (var read = database.Read())
                {
                    page = [.. Rows(read.Connection, filter, first, last, PageSize, "ASC")];
                }

                yield return page;
                full = page.Count == PageSize;
                first = full ? page[^1].Id + 1 : first;
            }
        }
    }

    /// <summary>The filter's hours of each series, oldest first, in pages; a span is rounded outwards to whole hours.</summary>
    public async IAsyncEnumerable<IReadOnlyList<FocusHour>> ReadHoursAsync(UsageFilter filter)
    {
        await CatchUpAsync();
        var from = filter.From is { } start ? RollupCover.Floor(start.UnixMicros(), MicrosPerHour) : 0;
        var to = filter.To is { } end ? RollupCover.Ceiling(end.UnixMicros(), MicrosPerHour) : long.MaxValue;
        var (bucket, series) = (from / MicrosPerHour, long.MinValue);
        for (var full = true; full;)
        {
            List<FocusHour> page;
            using (var read = database.Read())
            {
                page = read.Connection.Query<FocusHour>(
                    $"SELECT {FocusHour.Columns} FROM usage_hours u JOIN usage_series s ON s.id = u.series "
                    + $"LEFT JOIN ({CorrectionsByHour}) c ON c.bucket = u.bucket AND c.series = u.series "
                    + "WHERE (u.bucket, u.series) > (@Bucket, @Series) AND u.bucket < @End "
                    + (filter.NamesSeries ? $"AND u.series IN {SeriesOfFilter} " : "")
                    + "ORDER BY u.bucket, u.series LIMIT @Limit",
                    new { filter.Key, filter.Model, Bucket = bucket, Series = series, From = from, To = to, End = to / MicrosPerHour, Limit = PageSize }).AsList();
            }

            yield return page;
            full = page.Count == PageSize;
            (bucket, series) = full ? (page[^1].Bucket, page[^1].Series) : (bucket, series);
        }
    }

    /// <summary>The record of an id; null when there is none.</summary>
    public async Task<UsageRow?> FindAsync(long id)
    {
        await CatchUpAsync();
        using var read = database.Read();
        return Row(read.Connection, id);
    }

    /// <summary>The record of a call, by the value of its <c>x-request-id</c>; null when there is none.</summary>
    public async Task<UsageRow?> FindAsync(string requestId)
    {
        await CatchUpAsync();
        using var read = database.Read();
        return RecordLookup.Find(read.Connection, requestId) is { } id ? Row(read.Connection, id) : null;
    }

    /// <summary>What the call's record was given as its trace; null when it had none.</summary>
    public byte[]? Detail(long id)
    {
        using var read = database.Read();
        return read.Connection.Scalar<byte[]>("SELECT detail FROM usage_details WHERE id = $0", id);
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

    private static UsageRow? Row(SqliteConnection connection, long id)
        => connection.QuerySingleOrDefault<UsageRow>($"SELECT {UsageRow.Columns} FROM {UsageRow.Tables} WHERE r.id = @Id", new { Id = id });

    private static IEnumerable<UsageRow> Rows(SqliteConnection connection, UsageFilter filter, long first, long last, int limit, string order)
        => connection.Query<UsageRow>(
            $"SELECT {UsageRow.Columns} FROM {UsageRow.Tables} WHERE r.id BETWEEN @First AND @Last "
            + (filter.NamesSeries ? $"AND r.series IN {SeriesOfFilter} " : "")
            + $"AND r.at >= @From AND r.at < @To ORDER BY r.id {order} LIMIT @Limit",
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
