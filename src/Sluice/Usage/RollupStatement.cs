using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>Adds sums to a row of one roll-up table. The sum of costs stops at the largest number instead of turning over.</summary>
internal sealed class RollupStatement : IDisposable
{
    private readonly NativeStatement _upsert;

    public RollupStatement(SqliteConnection connection, string table)
        => _upsert = new NativeStatement(
            connection,
            $"INSERT INTO {table} (bucket, series, calls, failed, unpriced, input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, cost, latency, first_id, last_id) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bucket, series) DO UPDATE SET "
            + "calls = calls + excluded.calls, failed = failed + excluded.failed, unpriced = unpriced + excluded.unpriced, "
            + "input = input + excluded.input, cache_read = cache_read + excluded.cache_read, "
            + "cache_write_5m = cache_write_5m + excluded.cache_write_5m, cache_write_1h = cache_write_1h + excluded.cache_write_1h, "
            + "output = output + excluded.output, reasoning = reasoning + excluded.reasoning, cost = min(cost + excluded.cost, 9223372036854775807), "
            + "latency = latency + excluded.latency, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id)",
            15);

    public void Add(long bucket, long series, Rollup sums)
    {
        _upsert.Bind(1, bucket);
        _upsert.Bind(2, series);
        _upsert.Bind(3, sums.Calls);
        _upsert.Bind(4, sums.Failed);
        _upsert.Bind(5, sums.Unpriced);
        _upsert.Bind(6, sums.Input);
        _upsert.Bind(7, sums.CacheRead);
        _upsert.Bind(8, sums.CacheWrite5m);
        _upsert.Bind(9, sums.CacheWrite1h);
        _upsert.Bind(10, sums.Output);
        _upsert.Bind(11, sums.Reasoning);
        _upsert.Bind(12, sums.Cost);
        _upsert.Bind(13, sums.Latency);
        _upsert.Bind(14, sums.FirstId);
        _upsert.Bind(15, sums.LastId);
        _upsert.Execute();
    }

    public void Dispose() => _upsert.Dispose();
}
