using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sluice.Auth;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>What knows how far the journal is settled, and wants to know how far the database is.</summary>
internal interface IDrainProgress
{
    /// <summary>How far the journal is dealt with; asked before the queue is looked at.</summary>
    JournalBounds Bounds();

    /// <summary>Every outcome up to this sequence number is in the database; on the writer's thread.</summary>
    void Stored(long watermark);
}

/// <summary>
/// Holds outcomes until the database's writer thread stores them, in the order of the journal and in transactions of many
/// rows. Handing one over is one lock-free enqueue; the first after a pause sets a timer, so that an idle service does not
/// wake up. A failing database is tried again; what it is not given before the process ends, the journal has.
/// </summary>
internal sealed partial class UsageQueue : IAsyncDisposable
{
    /// <summary>Some 100 MB, and several seconds of the busiest core; beyond it new calls wait.</summary>
    public const int Capacity = 200_000;

    /// <summary>Few enough that a commit holds the writer only for milliseconds.</summary>
    private const int RowsPerTransaction = 2_000;

    private const int MostRetriesAtClose = 3;

    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<UsageRecord> _records = new();
    private readonly PriorityQueue<UsageRecord, long> _ordered = new();
    private readonly List<UsageRecord> _batch = new(RowsPerTransaction);
    private readonly SqliteDatabase _database;
    private readonly KeyUse _keyUse;
    private readonly IChargeSink? _charges;
    private readonly TimeProvider _time;
    private readonly ILogger<UsageQueue> _logger;
    private readonly ITimer _timer;
    private readonly Func<SqliteConnection, bool> _writeBatch;
    private readonly Action _afterCommit;
    private IDrainProgress? _progress;
    private UsageWriter? _writer;
    private TaskCompletionSource _room = NewRoom();
    private long _watermark;
    private long _handedOver;
    private long _stored;
    private int _armed;
    private volatile bool _closed;

    public UsageQueue(SqliteDatabase database, KeyUse keyUse, TimeProvider time, ILogger<UsageQueue> logger, IChargeSink? charges = null)
    {
        _database = database;
        _keyUse = keyUse;
        _charges = charges;
        _time = time;
        _logger = logger;
        _writeBatch = WriteBatch;
        _afterCommit = AfterCommit;
        _timer = time.CreateTimer(_ => _ = StoreInBackgroundAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Outcomes that wait to be stored.</summary>
    public int Count => (int)(Volatile.Read(ref _handedOver) - Volatile.Read(ref _stored));

    /// <summary>False when the database is so far behind that new calls have to wait.</summary>
    public bool HasRoom => Count < Capacity;

    /// <summary>From now on outcomes are stored only as far as the journal is settled, and the watermark is kept.</summary>
    public void Follow(IDrainProgress progress) => _progress = progress;

    /// <summary>Hands an outcome over; it has its sequence number. Always taken: what was sent upstream must come to the account.</summary>
    public void Add(UsageRecord record)
    {
        // Counted first: whoever sees it counted waits for it.
        Interlocked.Increment(ref _handedOver);
        _records.Enqueue(record);
        if (Volatile.Read(ref _armed) == 0)
        {
            Arm(BatchDelay);
        }
    }

    /// <summary>Waits until new calls may come; false when that took too long.</summary>
    public async ValueTask<bool> WaitForRoomAsync(TimeSpan longest)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            // Taken before the look: room made in between completes this very task.
            var room = Volatile.Read(ref _room);
            if (HasRoom)
            {
                return true;
            }

            var rest = longest - _time.GetElapsedTime(start);
            if (rest <= TimeSpan.Zero)
            {
                return false;
            }

            await Task.WhenAny(room.Task, Task.Delay(rest, _time));
        }
    }

    /// <summary>Stores what was handed over before this call; a reader that then queries sees it.</summary>
    public async Task FlushAsync()
    {
        var mark = Volatile.Read(ref _handedOver);
        while (Volatile.Read(ref _stored) < mark)
        {
            if (!await _database.WriteAsync(_writeBatch, _afterCommit) && Volatile.Read(ref _stored) < mark)
            {
                // A call that settled before is just handing its outcome over.
                await Task.Delay(Moment, _time);
            }
        }
    }

    /// <summary>Stores what can be stored; called after the last call has ended and before the database closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        await _timer.DisposeAsync();
        for (var attempt = 1; Count > 0 && attempt <= MostRetriesAtClose; attempt++)
        {
            try
            {
                await StoreAsync();
                break;
            }
            catch (SqliteException e)
            {
                Log.StoreFailed(_logger, e, Count);
                await Task.Delay(RetryDelay, _time);
            }
        }

        await _database.WriteAsync(_ => _writer?.Dispose());
    }

    private static TaskCompletionSource NewRoom() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Arm(TimeSpan delay)
    {
        if (Interlocked.Exchange(ref _armed, 1) == 0 && !_closed)
        {
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task StoreInBackgroundAsync()
    {
        var delay = BatchDelay;
        try
        {
            await StoreAsync();
        }
        catch (SqliteException e)
        {
            // A full or locked disk: the records stay queued and in order.
            Log.StoreFailed(_logger, e, Count);
            delay = RetryDelay;
        }

        Volatile.Write(ref _armed, 0);
        if (Count > 0)
        {
            Arm(delay);
        }
    }

    /// <summary>Stores what is there, and ends at a gap.</summary>
    private async Task StoreAsync()
    {
        for (var rest = Count; rest > 0 && await _database.WriteAsync(_writeBatch, _afterCommit);)
        {
            rest -= RowsPerTransaction;
        }
    }

    /// <summary>On the writer's thread, in a transaction. The records leave the queue for good only when it commits.</summary>
    private bool WriteBatch(SqliteConnection connection)
    {
        // Asked before the queue is looked at: every outcome up to it is there by now.
        var bounds = _progress?.Bounds() ?? new JournalBounds(long.MaxValue, 0, long.MaxValue);
        var through = bounds.SettledThrough;
        while (_records.TryDequeue(out var record))
        {
            _ordered.Enqueue(record, record.JournalSequence);
        }

        if (_batch.Count > 0)
        {
            // The last transaction failed, perhaps only at its commit: what the writer took for stored has no rows.
            _writer?.Forget();
        }

        // What a failed transaction has left is written first. A gap ends the batch: rows come in the order of their ids, so
        // that a reader who pages, or follows the end, never has a row appear behind it.
        while (_batch.Count < RowsPerTransaction && _ordered.TryPeek(out var next, out var sequence) && sequence <= through)
        {
            _batch.Add(next);
            _ordered.Dequeue();
        }

        if (_batch.Count == 0)
        {
            return false;
        }

        var more = _ordered.TryPeek(out _, out var rest) && rest <= through;
        _watermark = Math.Min(more ? _batch[^1].JournalSequence : through, bounds.WatermarkLimit);
        _writer ??= new UsageWriter(connection, _keyUse, _charges);
        _writer.Write(connection, _batch, _watermark);
        return true;
    }

    /// <summary>On the writer's thread, after the commit.</summary>
    private void AfterCommit()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        Interlocked.Add(ref _stored, _batch.Count);
        _batch.Clear();
        Interlocked.Exchange(ref _room, NewRoom()).SetResult();
        _progress?.Stored(_watermark);
    }

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Error, "Usage records could not be stored and will be tried again; {Waiting} wait")]
        public static partial void StoreFailed(ILogger logger, Exception exception, int waiting);
    }
}
