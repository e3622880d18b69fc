using Microsoft.Data.Sqlite;
using Sluice.Auth;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>
/// Writes batches of records, their roll-ups and what they cost budgets; lives on the database's writer thread. A record
/// whose id is there already changes nothing, so that what a crash leaves in the journal may be written again.
/// </summary>
internal sealed class UsageWriter : IDisposable
{
    /// <summary>More combinations than this are forgotten and looked up again: client-chosen model names must not fill the memory.</summary>
    private const int MostSeriesInMemory = 65_536;

    private const long MicrosPerMinute = 60_000_000;

    private readonly KeyUse _keyUse;
    private readonly IChargeSink? _chargeSink;
    private readonly Dictionary<UsageSeries, long> _series = [];
    private readonly Dictionary<(long Series, long Minute), Rollup> _minutes = [];
    private readonly Dictionary<(long Series, long Bucket), Rollup> _coarse = [];
    private readonly Dictionary<long, long> _charges = [];
    private readonly NativeStatement _insert;
    private readonly NativeStatement _insertDetail;
    private readonly NativeStatement _insertCharge;
    private readonly NativeStatement _insertCorrection;
    private readonly NativeStatement _moveWatermark;
    private readonly RollupStatement _minuteTable;
    private readonly RollupStatement _hourTable;
    private readonly RollupStatement _dayTable;
    private UsageSeries _lastSeries;
    private long _lastSeriesId = -1;
    private (long Series, long Minute) _lastMinute;
    private Rollup? _lastRollup;
    private long _tidiedHour;

    /// <param name="connection">The writer's connection.</param>
    /// <param name="keyUse">Told which keys were used.</param>
    /// <param name="chargeSink">Told what budgets were charged; null where there are none.</param>
    public UsageWriter(SqliteConnection connection, KeyUse keyUse, IChargeSink? chargeSink)
    {
        _keyUse = keyUse;
        _chargeSink = chargeSink;
        _insert = new NativeStatement(
            connection,
            "INSERT INTO usage_records (id, series, at, status, http_status, attempts, input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, cost, latency, first_token, request_id, client_request_id, overrun) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            18);
        _insertDetail = new NativeStatement(connection, "INSERT INTO usage_details (id, detail) VALUES (?, ?)", 2);
        _insertCharge = new NativeStatement(connection, "INSERT INTO usage_charges (record_id, period_id, cost) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET cost = cost + excluded.cost", 3);
        _insertCorrection = new NativeStatement(connection, "INSERT INTO usage_corrections (id, corrects, reason, made_by) VALUES (?, ?, ?, ?)", 4);
        _moveWatermark = new NativeStatement(
            connection,
            "INSERT INTO usage_watermark (id, sequence) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET sequence = max(sequence, excluded.sequence)",
            1);
        _minuteTable = new RollupStatement(connection, "usage_minutes");
        _hourTable = new RollupStatement(connection, "usage_hours");
        _dayTable = new RollupStatement(connection, "usage_days");
    }

    /// <summary>Writes the records inside the transaction that is open.</summary>
    /// <param name="connection">The writer's connection.</param>
    /// <param name="records">At least one, each with its sequence number in the journal.</param>
    /// <param name="watermark">The sequence number up to which the journal is in the database once this is committed; 0 when that is not known.</param>
    public void Write(SqliteConnection connection, List<UsageRecord> records, long watermark)
    {
        try
        {
            foreach (var record in records)
            {
                Insert(connection, record);
            }

            WriteRollups();
            WriteCharges(connection);
            DropOldMinutes(connection, records[^1].AtMicros / MicrosPerMinute);
            if (watermark > 0)
            {
                _moveWatermark.Bind(1, watermark);
                _moveWatermark.Execute();
            }
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
            _charges.Clear();
            _lastRollup = null;
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertDetail.Dispose();
        _insertCharge.Dispose();
        _insertCorrection.Dispose();
        _moveWatermark.Dispose();
        _minuteTable.Dispose();
        _hourTable.Dispose();
        _dayTable.Dispose();
    }

    private void Insert(SqliteConnection connection, UsageRecord record)
    {
        var id = record.JournalSequence;
        var series = SeriesOf(connection, record);
        var tokens = record.Tokens.Fold();
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
        _insert.Bind(18, record.Overrun ? 1 : 0);
        if (!_insert.Execute())
        {
            return;
        }

        RollupOf(connection, series, record).Add(record);
        if (record.Detail is { Length: > 0 } detail)
        {
            _insertDetail.Bind(1, id);
            _insertDetail.Bind(2, detail);
            _insertDetail.Execute();
        }

        if (record.Correction is { } correction)
        {
            _insertCorrection.Bind(1, id);
            _insertCorrection.Bind(2, correction.RecordId);
            _insertCorrection.Bind(3, correction.Reason);
            _insertCorrection.Bind(4, correction.MadeBy);
            _insertCorrection.Execute();
        }
        else if (record.CostNanoUsd is > 0 and var cost)
        {
            InsertCharges(record, cost);
        }
    }

    private void InsertCharges(UsageRecord record, long cost)
    {
        for (var i = 0; i < record.Charges.Count; i++)
        {
            var period = record.Charges[i].PeriodId;
            _insertCharge.Bind(1, record.JournalSequence);
            _insertCharge.Bind(2, period);
            _insertCharge.Bind(3, cost);
            _insertCharge.Execute();
            _charges[period] = (long)Int128.Min((Int128)_charges.GetValueOrDefault(period) + cost, long.MaxValue);
        }
    }

    private void WriteCharges(SqliteConnection connection)
    {
        if (_charges.Count > 0)
        {
            _chargeSink?.Apply(connection, [.. _charges.Select(charge => new BudgetCost(charge.Key, charge.Value))]);
        }
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
            if (record.Correction is null)
            {
                _keyUse.Note(connection, record.KeyId, record.AtMicros);
            }
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
            [series.KeyId, series.KeyName, series.User, series.Model, series.Provider, series.UpstreamModel, series.Credential, series.Operation, series.PriceId];
        connection.Execute(
            "INSERT INTO usage_series (key_id, key_name, user, model, provider, upstream_model, credential, operation, price_id) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            texts);
        return connection.Scalar<long>(
            "SELECT id FROM usage_series WHERE key_id = $0 AND key_name = $1 AND user = $2 AND model = $3 AND provider = $4 "
            + "AND upstream_model = $5 AND credential = $6 AND operation = $7 AND price_id = $8",
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

    /// <summary>Forgets which rows exist: those of a transaction that was rolled back do not.</summary>
    public void Forget()
    {
        _series.Clear();
        _lastSeriesId = -1;
    }
}
