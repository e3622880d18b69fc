namespace Sluice.Usage;

/// <summary>How far the journal is dealt with.</summary>
/// <param name="SettledThrough">Every durable outcome up to this sequence number has been handed to the queue.</param>
/// <param name="WatermarkLimit">
/// The watermark stays at or below this: above it may lie an outcome that the journal refused and yet has, which a replay
/// must not take for one that the database has.
/// </param>
/// <param name="NeededFrom">The first sequence number that an open call still needs; <see cref="long.MaxValue"/> when none does.</param>
internal readonly record struct JournalBounds(long SettledThrough, long WatermarkLimit, long NeededFrom);

/// <summary>
/// The calls between reservation and outcome. In shards with a lock each, which two calls at once rarely share, and without
/// allocation: the entries are their own links.
/// </summary>
internal sealed class OpenCalls
{
    private const int ShardCount = 16;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];

    /// <summary>How many calls are open; 0 when the service is idle.</summary>
    public int Count => _shards.Sum(shard => Volatile.Read(ref shard.Count));

    /// <summary>Follows a call; nothing when it is followed already.</summary>
    /// <param name="entry">The call.</param>
    /// <param name="durable">The journal's last durable sequence number, read before the call's record is appended: the record comes after it.</param>
    public void Track(LedgerEntry entry, long durable)
    {
        var place = entry.Place;
        if (place.Shard is not null)
        {
            return;
        }

        var shard = _shards[Environment.CurrentManagedThreadId % ShardCount];
        lock (shard.Lock)
        {
            place.Shard = shard;
            place.NeededFrom = durable + 1;
            place.Next = shard.First;
            if (shard.First is { } first)
            {
                first.Place.Previous = entry;
            }

            shard.First = entry;
            shard.Count++;
        }
    }

    /// <summary>A reservation is durable: nothing before it is needed any more.</summary>
    public static void Reserved(LedgerEntry entry, long sequence)
    {
        lock (entry.Place.Shard!.Lock)
        {
            entry.ReserveSequence = sequence;
            entry.LatestSequence = sequence;
            entry.Place.NeededFrom = sequence;
        }
    }

    /// <summary>A checkpoint was appended. It stands for what came before it only once it is durable itself.</summary>
    public static void Carried(LedgerEntry entry, long sequence, long durable)
    {
        lock (entry.Place.Shard!.Lock)
        {
            entry.Place.NeededFrom = entry.Place.From(entry.LatestSequence, durable);
            entry.LatestSequence = sequence;
        }
    }

    /// <summary>The outcome is about to be appended: its sequence number will be above the durable one of now.</summary>
    public void BeginSettle(LedgerEntry entry, long durable)
    {
        Track(entry, durable);
        lock (entry.Place.Shard!.Lock)
        {
            entry.Place.SettlesAfter = durable;
        }
    }

    /// <summary>The outcome was refused; the call stays open.</summary>
    public static void SettleFailed(LedgerEntry entry)
    {
        var place = entry.Place;
        lock (place.Shard!.Lock)
        {
            place.RefusedAfter = Math.Min(place.RefusedAfter, place.SettlesAfter);
            place.SettlesAfter = long.MaxValue;
        }
    }

    /// <summary>The outcome has been handed to the queue, or nothing was reserved.</summary>
    public static void Untrack(LedgerEntry entry)
    {
        var place = entry.Place;
        var shard = place.Shard!;
        lock (shard.Lock)
        {
            if (place.Previous is { } previous)
            {
                previous.Place.Next = place.Next;
            }
            else
            {
                shard.First = place.Next;
            }

            if (place.Next is { } next)
            {
                next.Place.Previous = place.Previous;
            }

            (place.Previous, place.Next, place.Shard) = (null, null, null);
            shard.Count--;
        }
    }

    /// <summary>How far the journal is dealt with.</summary>
    /// <param name="durable">The last durable sequence number, read before this call: an outcome that is not seen here comes after it.</param>
    public JournalBounds Bounds(long durable)
    {
        var (settled, limit, needed) = (durable, long.MaxValue, long.MaxValue);
        foreach (var shard in _shards)
        {
            lock (shard.Lock)
            {
                for (var entry = shard.First; entry is not null; entry = entry.Place.Next)
                {
                    settled = Math.Min(settled, entry.Place.SettlesAfter);
                    limit = Math.Min(limit, entry.Place.RefusedAfter);
                    needed = Math.Min(needed, entry.Place.From(entry.LatestSequence, durable));
                }
            }
        }

        return new JournalBounds(settled, Math.Min(settled, limit), needed);
    }

    /// <summary>Where an entry stands, and what it needs of the journal.</summary>
    internal sealed class Place
    {
        public Shard? Shard { get; set; }

        public LedgerEntry? Previous { get; set; }

        public LedgerEntry? Next { get; set; }

        /// <summary>The oldest record that is needed while the latest is not durable.</summary>
        public long NeededFrom { get; set; }

        /// <summary>The outcome under way has a sequence number above this; <see cref="long.MaxValue"/> when none is under way.</summary>
        public long SettlesAfter { get; set; } = long.MaxValue;

        /// <summary>An outcome that was refused has a sequence number above this, if it has one at all; <see cref="long.MaxValue"/> when none was.</summary>
        public long RefusedAfter { get; set; } = long.MaxValue;

        public long From(long latest, long durable) => latest > 0 && latest <= durable ? latest : NeededFrom;
    }

    internal sealed class Shard
    {
        public readonly Lock Lock = new();
        public LedgerEntry? First;
        public int Count;
    }
}
