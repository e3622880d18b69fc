using Sluice.Protocol;

namespace Sluice.Telemetry;

/// <summary>
/// The counters of one operation on one target, in one array of cells. Recording a call is a handful of interlocked
/// additions: no lock, no allocation, no look-up by label.
/// </summary>
internal sealed class CallSeries(TargetSeries target, Operation operation)
{
    private readonly long[] _requests = new long[StatusSlots.Count];
    private readonly long[] _durations = new long[Buckets.DurationMicros.Length + 1];
    private readonly long[] _firstTokens = new long[Buckets.FirstTokenMicros.Length + 1];
    private readonly long[] _tokens = new long[TokenBuckets.Count];
    private long _durationSum;
    private long _firstTokenSum;
    private long _reasoning;
    private long _estimated;
    private long _unpriced;
    private long _costNanoUsd;
    private MeterTags? _tags;

    public TargetSeries Target { get; } = target;

    public Operation Operation { get; } = operation;

    /// <summary>Calls by slot of <see cref="StatusSlots"/>.</summary>
    public ReadOnlySpan<long> Requests => _requests;

    public HistogramView Duration => new(_durations, Volatile.Read(ref _durationSum), Buckets.Duration);

    /// <summary>False while no call of the series has sent a byte to its client.</summary>
    public bool HasFirstToken => Volatile.Read(ref _firstTokenSum) != 0;

    public HistogramView FirstToken => new(_firstTokens, Volatile.Read(ref _firstTokenSum), Buckets.FirstToken);

    /// <summary>Tokens by slot of <see cref="TokenBuckets"/>.</summary>
    public ReadOnlySpan<long> Tokens => _tokens;

    public long ReasoningTokens => Volatile.Read(ref _reasoning);

    /// <summary>Calls whose tokens Sluice counted because the upstream did not say.</summary>
    public long Estimated => Volatile.Read(ref _estimated);

    /// <summary>Calls that used tokens without a known price.</summary>
    public long Unpriced => Volatile.Read(ref _unpriced);

    public long CostNanoUsd => Volatile.Read(ref _costNanoUsd);

    /// <summary>The labels for instruments that take a list of tags per measurement; made once per upstream identity.</summary>
    public MeterTags Tags
    {
        get
        {
            var tags = _tags;
            return tags is not null && ReferenceEquals(tags.Identity, Target.Identity) ? tags : _tags = new MeterTags(this);
        }
    }

    public void Record(in CallSummary call)
    {
        Interlocked.Increment(ref _requests[StatusSlots.Of(call.HttpStatus)]);
        Interlocked.Increment(ref _durations[Buckets.Index(Buckets.DurationMicros, call.LatencyMicros)]);
        Interlocked.Add(ref _durationSum, call.LatencyMicros);
        if (call.FirstTokenMicros > 0)
        {
            Interlocked.Increment(ref _firstTokens[Buckets.Index(Buckets.FirstTokenMicros, call.FirstTokenMicros)]);
            Interlocked.Add(ref _firstTokenSum, call.FirstTokenMicros);
        }

        var tokens = call.Tokens.Fold();
        if (tokens.Total == 0 && call.CostNanoUsd is null or 0)
        {
            return;
        }

        Add(TokenBuckets.Input, tokens.Input);
        Add(TokenBuckets.CacheRead, tokens.CacheRead);
        Add(TokenBuckets.CacheWrite5m, tokens.CacheWrite5m);
        Add(TokenBuckets.CacheWrite1h, tokens.CacheWrite1h);
        Add(TokenBuckets.Output, tokens.Output);
        if (tokens.Reasoning != 0)
        {
            Interlocked.Add(ref _reasoning, tokens.Reasoning);
        }

        if (call.Estimated)
        {
            Interlocked.Increment(ref _estimated);
        }

        if (call.CostNanoUsd is { } cost)
        {
            Interlocked.Add(ref _costNanoUsd, cost);
        }
        else
        {
            Interlocked.Increment(ref _unpriced);
        }
    }

    private void Add(int bucket, long tokens)
    {
        if (tokens != 0)
        {
            Interlocked.Add(ref _tokens[bucket], tokens);
        }
    }
}

/// <summary>The disjoint token buckets, as values of the label <c>type</c>.</summary>
internal static class TokenBuckets
{
    public const int Input = 0;
    public const int CacheRead = 1;
    public const int CacheWrite5m = 2;
    public const int CacheWrite1h = 3;
    public const int Output = 4;

    public static readonly string[] Labels = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output"];

    public static int Count => Labels.Length;
}

/// <summary>A histogram for the reader: counts per bucket (not cumulated), the sum in microseconds, the bounds in seconds.</summary>
internal readonly ref struct HistogramView(ReadOnlySpan<long> counts, long sumMicros, ReadOnlySpan<double> bounds)
{
    public ReadOnlySpan<long> Counts { get; } = counts;

    public double SumSeconds { get; } = sumMicros / 1_000_000.0;

    public ReadOnlySpan<double> Bounds { get; } = bounds;
}
