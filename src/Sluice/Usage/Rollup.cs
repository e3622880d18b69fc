namespace Sluice.Usage;

/// <summary>Sums of one series in one bucket, collected in memory before they are added to the tables.</summary>
internal sealed class Rollup
{
    public long Calls { get; private set; }
    public long Failed { get; private set; }
    public long Unpriced { get; private set; }
    public long Input { get; private set; }
    public long CacheRead { get; private set; }
    public long CacheWrite5m { get; private set; }
    public long CacheWrite1h { get; private set; }
    public long Output { get; private set; }
    public long Reasoning { get; private set; }
    public long Cost { get; private set; }
    public long Latency { get; private set; }
    public long FirstId { get; private set; } = long.MaxValue;
    public long LastId { get; private set; }

    /// <summary>Adds a call, or the difference that a correction makes.</summary>
    public void Add(UsageRecord record)
    {
        var id = record.JournalSequence;
        FirstId = Math.Min(FirstId, id);
        LastId = Math.Max(LastId, id);
        Cost = Saturated(Cost, record.CostNanoUsd ?? 0);
        if (record.Correction is null)
        {
            AddCall(record);
        }
    }

    public void Add(Rollup other)
    {
        Calls += other.Calls;
        Failed += other.Failed;
        Unpriced += other.Unpriced;
        Input += other.Input;
        CacheRead += other.CacheRead;
        CacheWrite5m += other.CacheWrite5m;
        CacheWrite1h += other.CacheWrite1h;
        Output += other.Output;
        Reasoning += other.Reasoning;
        Cost = Saturated(Cost, other.Cost);
        Latency += other.Latency;
        FirstId = Math.Min(FirstId, other.FirstId);
        LastId = Math.Max(LastId, other.LastId);
    }

    private void AddCall(UsageRecord record)
    {
        var free = record.Status is UsageStatus.Failed or UsageStatus.Void;
        var tokens = record.Tokens.Fold();
        Calls++;
        Failed += free ? 1 : 0;
        Unpriced += !free && record.CostNanoUsd is null ? 1 : 0;
        Input += tokens.Input;
        CacheRead += tokens.CacheRead;
        CacheWrite5m += tokens.CacheWrite5m;
        CacheWrite1h += tokens.CacheWrite1h;
        Output += tokens.Output;
        Reasoning += tokens.Reasoning;
        Latency += record.LatencyMicros;
    }

    /// <summary>An upstream that reports nonsense must not turn a sum over.</summary>
    private static long Saturated(long a, long b) => (long)Int128.Clamp((Int128)a + b, long.MinValue, long.MaxValue);
}
