namespace Sluice.Pipeline;

/// <summary>
/// Watches the deadlines of all calls with one timer, so that a call sets a deadline by writing a number. A tick is a tenth
/// of a second: deadlines pass up to two ticks late and never early.
/// </summary>
internal sealed class CallWatchdog : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Shard[] _shards;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _now;

    public CallWatchdog(TimeProvider time)
    {
        _time = time;
        _now = time.GetTimestamp();
        _shards = new Shard[Math.Max(2, Environment.ProcessorCount)];
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard();
        }

        _timer = time.CreateTimer(static self => ((CallWatchdog)self!).OnTick(), this, Tick, Tick);
    }

    /// <summary>The time stamp of the last tick: exact enough for deadlines and free to read.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>A time stamp that lies at least a span from now: <see cref="Now"/> may be a tick old already.</summary>
    public long After(TimeSpan span) => Now + Ticks(span + Tick);

    /// <summary>A span in units of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    /// <summary>Microseconds that have passed since a time stamp.</summary>
    public long Micros(long since) => (long)_time.GetElapsedTime(since).TotalMicroseconds;

    public int Count
    {
        get
        {
            var sum = 0;
            foreach (var shard in _shards)
            {
                sum += shard.Count;
            }

            return sum;
        }
    }

    public void Add(GatewayCall call)
    {
        call.WatchShard = Environment.CurrentManagedThreadId % _shards.Length;
        _shards[call.WatchShard].Add(call);
    }

    public void Remove(GatewayCall call) => _shards[call.WatchShard].Remove(call);

    /// <summary>Ends every call in flight, because the drain time is over.</summary>
    public void EndAll()
    {
        List<GatewayCall>? all = null;
        foreach (var shard in _shards)
        {
            shard.Collect(long.MaxValue, ref all);
        }

        all?.ForEach(static call => call.EndForStop());
    }

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _now, now);
        List<GatewayCall>? due = null;
        foreach (var shard in _shards)
        {
            shard.Collect(now, ref due);
        }

        if (due is not null)
        {
            foreach (var call in due)
            {
                call.OnDue(now);
            }
        }
    }

    private sealed class Shard
    {
        private readonly Lock _lock = new();
        private GatewayCall?[] _calls = new GatewayCall?[64];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add(GatewayCall call)
        {
            lock (_lock)
            {
                if (_count == _calls.Length)
                {
                    Array.Resize(ref _calls, _count * 2);
                }

                call.WatchIndex = _count;
                _calls[_count++] = call;
            }
        }

        public void Remove(GatewayCall call)
        {
            lock (_lock)
            {
                var last = _calls[--_count]!;
                _calls[call.WatchIndex] = last;
                last.WatchIndex = call.WatchIndex;
                _calls[_count] = null;
            }
        }

        public void Collect(long now, ref List<GatewayCall>? due)
        {
            lock (_lock)
            {
                for (var i = 0; i < _count; i++)
                {
                    if (_calls[i]!.DueAt <= now)
                    {
                        (due ??= []).Add(_calls[i]!);
                    }
                }
            }
        }
    }
}
