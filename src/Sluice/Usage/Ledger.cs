using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Sluice.Journal;
using Sluice.Protocol.Canonical;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>Opens the journal: every record that it holds is shown to the visitor, and new ones are numbered above the floor.</summary>
internal delegate IJournal OpenJournal(long sequenceFloor, JournalVisitor replay);

/// <summary>
/// The ledger on top of the journal and the database. An outcome is durable in the journal first and then drained to the
/// database in the order of its sequence number, which is the row's id. What the database has is not needed in the journal
/// any more, save the records of calls that are still open.
/// </summary>
internal sealed partial class Ledger : ILedger, IDrainProgress, IAsyncDisposable
{
    /// <summary>A call waits so long for a database that is behind; then it is refused.</summary>
    private static readonly TimeSpan LongestWaitForRoom = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly OpenCalls _open = new();
    private readonly ConcurrentQueue<(LedgerEntry Entry, UsageRecord Record)> _unsettled = new();
    private readonly UsageQueue _queue;
    private readonly SqliteDatabase _database;
    private readonly OpenJournal _openJournal;
    private readonly Func<RecoveredCall, long?> _price;
    private readonly ILogger<Ledger> _logger;
    private readonly ITimer _retry;
    private volatile IJournal? _journal;

    /// <param name="queue">Takes the outcomes for the database.</param>
    /// <param name="database">Asked at the start what it has.</param>
    /// <param name="openJournal">Opens the journal; called once.</param>
    /// <param name="price">What a call that was open at a crash costs, in nano-USD; null where no price is known.</param>
    /// <param name="time">For trying again.</param>
    /// <param name="logger">Told what was recovered.</param>
    public Ledger(
        UsageQueue queue, SqliteDatabase database, OpenJournal openJournal, Func<RecoveredCall, long?> price, TimeProvider time, ILogger<Ledger> logger)
    {
        _queue = queue;
        _database = database;
        _openJournal = openJournal;
        _price = price;
        _logger = logger;
        _retry = time.CreateTimer(_ => _ = SettleAgainAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls between reservation and outcome; 0 when the service is idle.</summary>
    public int OpenCallCount => _open.Count;

    /// <summary>Reads the journal, settles what was open, and drains; calls are taken from then on. Before the service listens.</summary>
    public async Task OpenAsync()
    {
        var (watermark, floor) = ReadState();
        var replay = new LedgerReplay(watermark);
        var journal = _openJournal(floor, replay.Visit);
        foreach (var record in replay.Settled)
        {
            _queue.Add(record);
        }

        var recovered = await RecoverAsync(journal, replay);
        if (replay.Records > 0)
        {
            Log.Replayed(_logger, replay.Records, replay.Settled.Count, recovered);
        }

        if (replay.Unreadable > 0)
        {
            Log.Unreadable(_logger, replay.Unreadable);
        }

        try
        {
            await _queue.FlushAsync();
        }
        catch (SqliteException e)
        {
            // The journal has them, and the queue tries again.
            Log.DrainFailed(_logger, e);
        }

        _journal = journal;
        _queue.Follow(this);
    }

    public ValueTask<bool> ReserveAsync(LedgerEntry entry)
        => _journal is { AcceptsReserve: true } journal ? ReserveAsync(journal, entry) : new ValueTask<bool>(false);

    public void Checkpoint(LedgerEntry entry, in TokenUsage soFar)
    {
        if (_journal is not { } journal || entry.Place.Shard is null)
        {
            return;
        }

        var buffer = LedgerCodec.Buffer;
        var length = LedgerCodec.WriteCheckpoint(buffer, entry, in soFar);
        var sequence = journal.Append(JournalRecordType.Checkpoint, buffer[..length]);
        if (sequence > 0)
        {
            OpenCalls.Carried(entry, sequence, journal.DurableSequence);
        }
    }

    public ValueTask<bool> SettleAsync(LedgerEntry entry, UsageRecord record)
    {
        if (entry.IsSettled)
        {
            throw new InvalidOperationException($"The call {entry.RequestId} has its outcome already.");
        }

        entry.IsSettled = true;
        return _journal is { } journal ? SettleAsync(journal, entry, record) : new ValueTask<bool>(false);
    }

    public JournalBounds Bounds() => _open.Bounds(_journal!.DurableSequence);

    public void Stored(long watermark) => _journal!.ReleaseBelow(Math.Min(Bounds().NeededFrom, watermark + 1));

    /// <summary>Drains what is settled and closes the journal; before the database closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _retry.DisposeAsync();
        await SettleAgainAsync();
        await _queue.DisposeAsync();
        switch (_journal)
        {
            case IAsyncDisposable journal:
                await journal.DisposeAsync();
                break;
            case IDisposable journal:
                journal.Dispose();
                break;
            default:
                break;
        }
    }

    /// <summary>Up to where the database has the journal, and the highest number that it has seen.</summary>
    private (long Watermark, long Floor) ReadState()
    {
        using var read = _database.Read();
        var watermark = read.Connection.Scalar<long>("SELECT sequence FROM usage_watermark");
        return (watermark, Math.Max(watermark, read.Connection.Scalar<long>("SELECT MAX(id) FROM usage_records")));
    }

    // Completions come inline from the journal's thread; the state of the method is pooled, so that a durable record costs
    // no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReserveAsync(IJournal journal, LedgerEntry entry)
    {
        if (!_queue.HasRoom && !await _queue.WaitForRoomAsync(LongestWaitForRoom).ConfigureAwait(false))
        {
            return false;
        }

        _open.Track(entry, journal.DurableSequence);
        var sequence = await AppendReserveAsync(journal, entry).ConfigureAwait(false);
        if (sequence > 0)
        {
            OpenCalls.Reserved(entry, sequence);
            return true;
        }

        entry.MayBeLogged = true;
        if (entry.ReserveSequence == 0)
        {
            OpenCalls.Untrack(entry);
        }

        return false;
    }

    private static ValueTask<long> AppendReserveAsync(IJournal journal, LedgerEntry entry)
    {
        var buffer = LedgerCodec.Buffer;
        return journal.AppendAsync(JournalRecordType.Reserve, buffer[..LedgerCodec.WriteReserve(buffer, entry)], entry.Waiter);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SettleAsync(IJournal journal, LedgerEntry entry, UsageRecord record)
    {
        _open.BeginSettle(entry, journal.DurableSequence);
        var sequence = await AppendSettleAsync(journal, entry, record).ConfigureAwait(false);
        if (sequence > 0)
        {
            record.JournalSequence = sequence;
            _queue.Add(record);
            OpenCalls.Untrack(entry);
            return true;
        }

        if (entry.ReserveSequence > 0 || entry.MayBeLogged)
        {
            OpenCalls.SettleFailed(entry);
            _unsettled.Enqueue((entry, record));
            _retry.Change(RetryDelay, Timeout.InfiniteTimeSpan);
        }
        else
        {
            // Nothing was reserved, so nothing was sent: the account is right without it.
            OpenCalls.Untrack(entry);
        }

        return false;
    }

    private static ValueTask<long> AppendSettleAsync(IJournal journal, LedgerEntry entry, UsageRecord record)
    {
        var buffer = LedgerCodec.Buffer;
        return journal.AppendAsync(JournalRecordType.Settle, buffer[..LedgerCodec.WriteSettle(buffer, record)], entry.Waiter);
    }

    private static long AppendSettle(IJournal journal, UsageRecord record)
    {
        var buffer = LedgerCodec.Buffer;
        return journal.Append(JournalRecordType.Settle, buffer[..LedgerCodec.WriteSettle(buffer, record)]);
    }

    private async Task SettleAgainAsync()
    {
        for (var rest = _unsettled.Count; rest > 0 && _unsettled.TryDequeue(out var call); rest--)
        {
            if (await SettleAsync(_journal!, call.Entry, call.Record))
            {
                Log.SettledLate(_logger, call.Entry.RequestId);
            }
        }
    }

    /// <summary>Settles the calls that were open when the process ended; returns how many.</summary>
    private async Task<int> RecoverAsync(IJournal journal, LedgerReplay replay)
    {
        // A call whose outcome is in the database already lost the part of the journal that had it.
        var open = replay.Open().Where(call => !IsStored(call.Entry.RequestId)).ToList();
        var recovered = 0;
        for (var i = 0; i < open.Count; i++)
        {
            var (entry, tokens) = open[i];
            var record = Recovered(entry, tokens);

            // The last is waited for: once it is durable, all before it are.
            record.JournalSequence = i == open.Count - 1
                ? await AppendSettleAsync(journal, entry, record)
                : AppendSettle(journal, record);
            if (record.JournalSequence > 0)
            {
                _queue.Add(record);
                recovered++;
            }
            else
            {
                KeepOpen(entry);
            }
        }

        return recovered;
    }

    /// <summary>A call that the journal does not take the outcome of stays in it for the next start.</summary>
    private void KeepOpen(LedgerEntry entry)
    {
        _open.BeginSettle(entry, entry.LatestSequence);
        OpenCalls.Reserved(entry, entry.LatestSequence);
        OpenCalls.SettleFailed(entry);
        Log.NotRecovered(_logger, entry.RequestId);
    }

    private bool IsStored(string requestId)
    {
        using var read = _database.Read();
        return RecordLookup.Find(read.Connection, requestId) is not null;
    }

    /// <summary>What a call is charged with whose end nobody saw: what it had used for certain, and never more than it had reserved.</summary>
    private UsageRecord Recovered(LedgerEntry entry, TokenUsage tokens)
    {
        var cost = _price(new RecoveredCall(
            entry.Model, entry.Provider, entry.UpstreamModel, entry.Operation, entry.PriceId, entry.AtMicros, tokens));
        if (cost is not null && entry.Charges.Count > 0)
        {
            cost = Math.Min(cost.Value, entry.Charges.Min(charge => charge.ReservedNanoUsd));
        }

        return entry.NewRecord() with { Status = UsageStatus.Recovered, Tokens = tokens, CostNanoUsd = cost, Attempts = 1 };
    }

    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Information, "The journal had {Records} records: {Settled} outcomes that the database may not have, and {Recovered} calls that were open and are settled now")]
        public static partial void Replayed(ILogger logger, long records, int settled, int recovered);

        [LoggerMessage(4011, LogLevel.Error, "{Records} records of the journal are of another version or damaged, and were left alone")]
        public static partial void Unreadable(ILogger logger, long records);

        [LoggerMessage(4012, LogLevel.Error, "What the journal had could not be drained yet and will be tried again")]
        public static partial void DrainFailed(ILogger logger, Exception exception);

        [LoggerMessage(4013, LogLevel.Error, "The journal does not take the outcome of {RequestId}, which was open at the last end; the next start tries again")]
        public static partial void NotRecovered(ILogger logger, string requestId);

        [LoggerMessage(4014, LogLevel.Warning, "{RequestId} is settled now; the journal could not take its outcome when it ended")]
        public static partial void SettledLate(ILogger logger, string requestId);
    }
}
