using Microsoft.Data.Sqlite;
using Sluice.Auth;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>Writes batches of records and their roll-ups; lives on the database's writer thread.</summary>
internal sealed class UsageWriter : IDisposable
{
    /// <summary>More combinations than this are forgotten and looked up again: client-chosen model names must not fill the memory.</summary>
    private const int MostSeriesInMemory = 65_536;

    private const long MicrosPerMinute = 60_000_000;

    private readonly KeyUse _keyUse;
    private readonly Dictionary<UsageSeries, long> _series = [];
    private readonly Dictionary<(long Series, long Minute), Rollup> _minutes = [];
    private readonly Dictionary<(long Series, long Bucket), Rollup> _coarse = [];
    private readonly NativeStatement _insert;
    private readonly RollupStatement _minuteTable;
    private readonly RollupStatement _hourTable;
    private readonly RollupStatement _dayTable;
    private UsageSeries _lastSeries;
    private long _lastSeriesId = -1;
    private (long Series, long Minute) _lastMinute;
    private Rollup? _lastRollup;
    private long _nextId;
    private long _tidiedHour;

    /// <param name="connection">The writer's connection.</param>
    /// <param name="keyUse">Told which keys were used.</param>
    public UsageWriter(SqliteConnection connection, KeyUse keyUse)
    {
        _keyUse = keyUse;
        _insert = new NativeStatement(
            connection,
            "INSERT INTO usage_records (id, series, at, status, http_status, attempts, input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, cost, latency, first_token, request_id, client_request_id) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            17);
        _minuteTable = new RollupStatement(connection, "usage_minutes");
        _hourTable = new RollupStatement(connection, "usage_hours");
        _dayTable = new RollupStatement(connection, "usage_days");
    }

    /// <summary>Writes the records inside the transaction that is open.</summary>
    public void Write(SqliteConnection connection, List<UsageRecord> records)
    {
        // Another process may have written since; inside this transaction nobody does.
        _nextId = connection.Scalar<long>("SELECT COALESCE(MAX(id), 0) + 1 FROM usage_records");
        try
        {
            foreach (var record in records)
            {
                Insert(connection, record, _nextId++);
            }

            WriteRollups();
            DropOldMinutes(connection, records[^1].AtMicros / MicrosPerMinute);
        }
        catch
        {
            // The series of a transaction that is rolled back have no rows.
            Forget();
            throw;
        }
        finally
        {
            _minutes.Clear();
            _lastRollup = null;
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _minuteTable.Dispose();
        _hourTable.Dispose();
        _dayTable.Dispose();
    }

    private void Insert(SqliteConnection connection, UsageRecord record, long id)
    {
        var series = SeriesOf(connection, record);
        var tokens = record.Tokens.Folded;
        _insert.Bind(1, id);
        _insert.Bind(2, series);
        _insert.Bind(3, record.AtMicros);
        _insert.Bind(4, (long)record.Status);
        _insert.Bind(5, record.HttpStatus);
        _insert.Bind(6, record.Attempts);
        _insert.Bind(7, tokens.Input);
        _insert.Bind(8, tokens.CacheRead);
        _insert.Bind(9, tokens.CacheWrite5m);
        _insert.Bind(10, tokens.CacheWrite1h);
        _insert.Bind(11, tokens.Output);
        _insert.Bind(12, tokens.Reasoning);
        _insert.Bind(13, record.CostNanoUsd);
        _insert.Bind(14, record.LatencyMicros);
        _insert.Bind(15, record.FirstTokenMicros);
        _insert.Bind(16, record.RequestId);
        _insert.Bind(17, record.ClientRequestId);
        _insert.Execute();
        RollupOf(connection, series, record).Add(record, id);
    }

    private Rollup RollupOf(SqliteConnection connection, long series, UsageRecord record)
    {
        var key = (series, record.AtMicros / MicrosPerMinute);
        if (_lastRollup is { } last && key == _lastMinute)
        {
            return last;
        }

        if (!_minutes.TryGetValue(key, out var rollup))
        {
            rollup = new Rollup();
            _minutes.Add(key, rollup);
            _keyUse.Note(connection, record.KeyId, record.AtMicros);
        }

        (_lastMinute, _lastRollup) = (key, rollup);
        return rollup;
    }

    private long SeriesOf(SqliteConnection connection, UsageRecord record)
    {
        if (_lastSeriesId >= 0 && _lastSeries.HasSameTexts(record))
        {
            return _lastSeriesId;
        }

        var series = UsageSeries.Of(record);
        if (!_series.TryGetValue(series, out var id))
        {
            id = StoreSeries(connection, series);
            if (_series.Count >= MostSeriesInMemory)
            {
                _series.Clear();
            }

            _series.Add(series, id);
        }

        (_lastSeries, _lastSeriesId) = (series, id);
        return id;
    }

    private static long StoreSeries(SqliteConnection connection, UsageSeries series)
    {
        object?[] texts =
            [series.KeyId, series.KeyName, series.User, series.Model, series.Provider, series.UpstreamModel, series.Credential, series.Operation];
        connection.Execute(
            "INSERT INTO usage_series (key_id, key_name, user, model, provider, upstream_model, credential, operation) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            texts);
        return connection.Scalar<long>(
            "SELECT id FROM usage_series WHERE key_id = $0 AND key_name = $1 AND user = $2 AND model = $3 AND provider = $4 "
            + "AND upstream_model = $5 AND credential = $6 AND operation = $7",
            texts);
    }

    private void WriteRollups()
    {
        foreach (var (key, rollup) in _minutes)
        {
            _minuteTable.Add(key.Minute, key.Series, rollup);
        }

        WriteCoarse(_hourTable, 60);
        WriteCoarse(_dayTable, 24 * 60);
    }

    private void WriteCoarse(RollupStatement table, long minutes)
    {
        _coarse.Clear();
        foreach (var (key, rollup) in _minutes)
        {
            var bucket = (key.Series, key.Minute / minutes);
            if (!_coarse.TryGetValue(bucket, out var sum))
            {
                _coarse.Add(bucket, sum = new Rollup());
            }

            sum.Add(rollup);
        }

        foreach (var (key, rollup) in _coarse)
        {
            table.Add(key.Bucket, key.Series, rollup);
        }
    }

    private void DropOldMinutes(SqliteConnection connection, long minute)
    {
        var hour = minute / RollupCover.MinutesPerHour;
        if (hour > _tidiedHour)
        {
            _tidiedHour = hour;

            // One hour more than summaries rely on, because calls arrive up to an hour before they end.
            var oldest = (hour * RollupCover.MinutesPerHour) - (long)RollupCover.MinuteRetention.TotalMinutes - RollupCover.MinutesPerHour;
            connection.Execute("DELETE FROM usage_minutes WHERE bucket < $0", oldest);
        }
    }

    private void Forget()
    {
        _series.Clear();
        _lastSeriesId = -1;
    }
}
