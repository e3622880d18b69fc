namespace Sluice.Journal;

/// <summary>
/// The journal without its thread: any thread appends to a batch in memory, and one thread at a time takes a
/// <see cref="Turn"/>, which makes the batch durable, answers those who wait and looks after the segments.
/// </summary>
internal sealed partial class JournalCore : IDisposable
{
    /// <summary>Records of one commit: beyond it a commit takes longer without getting cheaper.</summary>
    private const int MostRecords = 512;

    private const int MostCommitBytes = 1024 * 1024;

    /// <summary>How often a disk that refused is asked again.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly IJournalDisk _disk;
    private readonly JournalOptions _options;
    private readonly SegmentSet _segments;
    private readonly IWaitEnds _ends;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _mostCommitBytes;
    private JournalBatch _filling = new();
    private JournalBatch _written = new();
    private long _last;
    private long _durable;
    private long _releaseBelow;
    private long _released;
    private long _refusedAt;
    private long _flushes;
    private long _flushTicks;
    private int _lastBatchSize;
    private int _segmentCount;
    private bool _diskRefuses;
    private bool _failed;
    private bool _closed;
    private volatile bool _acceptsReserve;

    private JournalCore(
        IJournalDisk disk, JournalOptions options, long sequenceFloor, JournalVisitor replay, IWaitEnds ends, TimeProvider time, ILogger logger)
    {
        var found = new JournalReplay(disk, options, replay, logger);
        Recovery = found.Run();
        _disk = disk;
        _options = options;
        _ends = ends;
        _time = time;
        _logger = logger;
        _mostCommitBytes = Math.Min(MostCommitBytes, options.SegmentBytes - SegmentHeader.Block);
        _segments = new SegmentSet(disk, options, found, logger);
        _last = _durable = Math.Max(found.Last, sequenceFloor);
        Start(found.Last);
    }

    /// <summary>What was found when the journal was opened.</summary>
    public JournalRecovery Recovery { get; }

    /// <inheritdoc cref="IJournal.AcceptsReserve"/>
    public bool AcceptsReserve => _acceptsReserve;

    /// <inheritdoc cref="IJournal.DurableSequence"/>
    public long DurableSequence => Volatile.Read(ref _durable);

    /// <summary>Files that are allocated or hold records.</summary>
    public int SegmentCount => Volatile.Read(ref _segmentCount);

    /// <summary>Space that the segments take on the disk.</summary>
    public long BytesOnDisk => (long)SegmentCount * _options.SegmentBytes;

    /// <summary>Records of the last commit.</summary>
    public int LastBatchSize => Volatile.Read(ref _lastBatchSize);

    /// <summary>Commits so far, failed ones included.</summary>
    public long FlushCount => Volatile.Read(ref _flushes);

    /// <summary>Time that all commits took.</summary>
    public TimeSpan FlushTime => _time.GetElapsedTime(0, Volatile.Read(ref _flushTicks));

    /// <summary>Records that wait to be written.</summary>
    public int PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _filling.Count;
            }
        }
    }

    /// <summary>Records among them that somebody waits for.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_lock)
            {
                return _filling.Waiting;
            }
        }
    }

    /// <summary>Whether a turn would write now: records wait, and the disk is not being given time.</summary>
    public bool CanWrite => PendingCount > 0 && (!_failed || IsRetryDue);

    /// <summary>
    /// How long the next turn can wait when no record comes: nothing while the reserve is prepared, a second while the disk
    /// refuses, else for ever.
    /// </summary>
    public TimeSpan Patience
        => _segments.IsPreparing && !_diskRefuses ? TimeSpan.Zero
        : _diskRefuses || _failed || !_segments.HasReserve ? RetryInterval
        : Timeout.InfiniteTimeSpan;

    private bool IsRetryDue => _time.GetElapsedTime(_refusedAt) >= RetryInterval;

    /// <summary>Raised within a turn.</summary>
    public event Action<bool>? AcceptsReserveChanged;

    /// <summary>Replays the folder and opens a new segment in it.</summary>
    /// <param name="disk">The folder; closed with the journal.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="sequenceFloor">New records are numbered above it.</param>
    /// <param name="replay">Takes every record that is still in the log, before this returns.</param>
    /// <param name="ends">Ends the waits of a commit, within the turn.</param>
    /// <param name="time">Times commits and retries.</param>
    /// <param name="logger">Where damage and refusals are told.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static JournalCore Open(
        IJournalDisk disk, JournalOptions options, long sequenceFloor, JournalVisitor replay, IWaitEnds ends, TimeProvider time, ILogger logger)
        => new(disk, options, sequenceFloor, replay, ends, time, logger);

    /// <summary>Puts a record into the batch.</summary>
    /// <param name="type">What the record says.</param>
    /// <param name="payload">Copied before the call returns.</param>
    /// <param name="waiter">Completed by a later turn when the record is taken; null when nobody waits.</param>
    /// <param name="pending">Records that wait to be written, this one included when it is taken.</param>
    /// <returns>The record's number, or -1 when it is not taken.</returns>
    public long Append(JournalRecordType type, ReadOnlySpan<byte> payload, JournalWaiter? waiter, out int pending)
    {
        lock (_lock)
        {
            pending = _filling.Count;
            if (!IsTaken(type, payload.Length))
            {
                return -1;
            }

            _filling.Add(type, ++_last, payload, waiter);
            pending++;
            return _last;
        }
    }

    /// <summary>Asks the next turns to give back the segments below the number.</summary>
    public void ReleaseBelow(long sequence)
    {
        lock (_lock)
        {
            _releaseBelow = Math.Max(_releaseBelow, sequence);
        }
    }

    /// <summary>Writes what was appended, completes those who wait, and takes one step of housekeeping.</summary>
    public void Turn()
    {
        if (_failed && IsRetryDue)
        {
            Recover();
            if (_failed)
            {
                TakeBatch();
                Refuse(_written, 0);
            }
        }

        if (!_failed)
        {
            TakeBatch();
            Commit();
        }

        Release();
        Prepare();
        Publish();
    }

    /// <summary>Takes no more records.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    /// <summary>Takes no more records, makes those it has durable and closes the files.</summary>
    public void Dispose()
    {
        Close();
        TakeBatch();
        Commit();
        _segments.Dispose();
        _disk.Dispose();
    }

    private void Start(long confirmed)
    {
        // Only in a folder without a reserve: filling now spares every append of the first segment the file system's own journal.
        while (!_segments.HasReserve || _segments.IsPreparing)
        {
            if (!_segments.Prepare())
            {
                break;
            }
        }

        if (_segments.TryActivate(_last + 1, confirmed))
        {
            _segments.ReleaseEmpty();
        }
        else
        {
            Fail();
        }

        Prepare();
        Publish();
    }

    private bool IsTaken(JournalRecordType type, int payloadBytes)
    {
        if (_closed || payloadBytes > _options.MostPayloadBytes)
        {
            return false;
        }

        return type switch
        {
            JournalRecordType.Reserve => _acceptsReserve && HasRoom,
            JournalRecordType.Checkpoint => HasRoom,
            _ => true,
        };
    }

    private bool HasRoom => _filling.Bytes + _written.Bytes < _options.MostUnflushedBytes;

    private void TakeBatch()
    {
        lock (_lock)
        {
            (_filling, _written) = (_written, _filling);
        }
    }

    private void Commit()
    {
        var offset = 0;
        for (var index = 0; index < _written.Count;)
        {
            var frames = _written.Take(offset, MostRecords, _mostCommitBytes, out var count);
            var first = _written.First + index;
            var started = _time.GetTimestamp();
            var durable = _segments.TryWrite(frames, first, first + count - 1, _durable);
            _flushTicks += _time.GetTimestamp() - started;
            _flushes++;
            if (!durable)
            {
                Fail();
                Refuse(_written, index);
                return;
            }

            _lastBatchSize = count;
            Volatile.Write(ref _durable, first + count - 1);
            _ends.End(_written.Waiters(index, count), first, durable: true);
            index += count;
            offset += frames.Length;
        }

        Clear();
    }

    private void Refuse(JournalBatch batch, int from)
    {
        Publish();
        _ends.End(batch.Waiters(from, batch.Count - from), batch.First + from, durable: false);
        Clear();
    }

    private void Clear()
    {
        lock (_lock)
        {
            _written.Clear();
        }
    }

    private void Fail()
    {
        _failed = true;
        _refusedAt = _time.GetTimestamp();
        Log.Failed(_logger);
    }

    private void Recover()
    {
        long next;
        lock (_lock)
        {
            next = _filling.Count > 0 ? _filling.First : _last + 1;
        }

        _refusedAt = _time.GetTimestamp();
        _failed = !_segments.TryActivate(next, _durable);
        _diskRefuses &= _failed;
    }

    private void Release()
    {
        long below;
        lock (_lock)
        {
            below = _releaseBelow;
        }

        if (below > _released)
        {
            _released = below;
            _segments.ReleaseBelow(below);
        }
    }

    // While calls wait, the reserve is filled only when it will be needed soon: each step costs them a sync.
    private void Prepare()
    {
        if ((_diskRefuses && !IsRetryDue) || (_segments.HasReserve && !_segments.IsPreparing))
        {
            _diskRefuses &= !_segments.HasReserve;
            return;
        }

        if (_segments.HasReserve && !_segments.IsHalfFull && CanWrite)
        {
            return;
        }

        _diskRefuses = !_segments.Prepare();
        if (_diskRefuses)
        {
            _refusedAt = _time.GetTimestamp();
        }
    }

    private void Publish()
    {
        _segmentCount = _segments.Count;
        var accepts = !_failed && _segments.HasReserve;
        if (accepts == _acceptsReserve)
        {
            return;
        }

        _acceptsReserve = accepts;
        if (accepts)
        {
            Log.Accepts(_logger);
        }
        else
        {
            Log.Refuses(_logger);
        }

        AcceptsReserveChanged?.Invoke(accepts);
    }

    private static partial class Log
    {
        [LoggerMessage(4206, LogLevel.Critical, "The journal could not make records durable; calls are refused until the disk takes records again")]
        public static partial void Failed(ILogger logger);

        [LoggerMessage(4207, LogLevel.Error, "The journal refuses new calls: the disk is full or fails. Outcomes of calls in flight are still written while space lasts")]
        public static partial void Refuses(ILogger logger);

        [LoggerMessage(4208, LogLevel.Information, "The journal takes new calls")]
        public static partial void Accepts(ILogger logger);
    }
}
