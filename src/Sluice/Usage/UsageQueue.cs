using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sluice.Auth;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>
/// Holds the account of ended calls until the database's writer thread stores it, in transactions of many rows. Handing a
/// record over is one lock-free enqueue; the first after a pause sets a timer, so that an idle service does not wake up.
/// What was accepted is stored: a failing database is tried again, and the queue is emptied before the database closes.
/// </summary>
internal sealed partial class UsageQueue : IUsageSink, IAsyncDisposable
{
    /// <summary>About two seconds of the busiest single core; beyond it callers wait.</summary>
    public const int Capacity = 65_536;

    /// <summary>Few enough that a commit holds the writer only for milliseconds.</summary>
    private const int RowsPerTransaction = 2_000;

    private const int MostRetriesAtClose = 10;

    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<UsageRecord> _records = new();
    private readonly List<UsageRecord> _batch = new(RowsPerTransaction);
    private readonly SqliteDatabase _database;
    private readonly KeyUse _keyUse;
    private readonly TimeProvider _time;
    private readonly ILogger<UsageQueue> _logger;
    private readonly ITimer _timer;
    private readonly Func<SqliteConnection, bool> _writeBatch;
    private readonly Action _afterCommit;
    private UsageWriter? _writer;
    private TaskCompletionSource _room = NewRoom();
    private int _count;
    private int _armed;
    private volatile bool _closed;

    public UsageQueue(SqliteDatabase database, KeyUse keyUse, TimeProvider time, ILogger<UsageQueue> logger)
    {
        _database = database;
        _keyUse = keyUse;
        _time = time;
        _logger = logger;
        _writeBatch = WriteBatch;
        _afterCommit = MakeRoom;
        _timer = time.CreateTimer(_ => _ = StoreInBackgroundAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Records that wait to be stored.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool TryWrite(UsageRecord record)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _records.Enqueue(record);
        if (Volatile.Read(ref _armed) == 0)
        {
            Arm(BatchDelay);
        }

        return true;
    }

    public async ValueTask WriteAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the attempt: room made in between completes this very task.
            var room = Volatile.Read(ref _room);
            if (TryWrite(record))
            {
                return;
            }

            await room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stores what was handed over before this call; a reader that then queries sees it.</summary>
    public async Task FlushAsync()
    {
        // Records that come meanwhile are not waited for.
        for (var rest = Count; rest > 0; rest -= RowsPerTransaction)
        {
            await _database.WriteAsync(_writeBatch, _afterCommit);
        }
    }

    /// <summary>Stores everything; called after the last call has ended and before the database closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        await _timer.DisposeAsync();
        for (var failures = 0; Count > 0;)
        {
            try
            {
                await FlushAsync();
            }
            catch (SqliteException e) when (++failures < MostRetriesAtClose)
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
            await FlushAsync();
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

    /// <summary>On the writer's thread, in a transaction. The records leave the queue for good only when it commits.</summary>
    private bool WriteBatch(SqliteConnection connection)
    {
        // What a failed transaction has left is written first.
        while (_batch.Count < RowsPerTransaction && _records.TryDequeue(out var record))
        {
            _batch.Add(record);
        }

        if (_batch.Count == 0)
        {
            return false;
        }

        _writer ??= new UsageWriter(connection, _keyUse);
        _writer.Write(connection, _batch);
        return true;
    }

    /// <summary>On the writer's thread, after the commit.</summary>
    private void MakeRoom()
    {
        Interlocked.Add(ref _count, -_batch.Count);
        _batch.Clear();
        Interlocked.Exchange(ref _room, NewRoom()).SetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Error, "Usage records could not be stored and will be tried again; {Waiting} wait")]
        public static partial void StoreFailed(ILogger logger, Exception exception, int waiting);
    }
}
