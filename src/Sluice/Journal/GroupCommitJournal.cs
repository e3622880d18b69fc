using System.Runtime.InteropServices;

namespace Sluice.Journal;

/// <summary>
/// The journal with its thread. A commit costs the processor about 40 us whatever its size, so records that come close
/// together share one: what arrives during a commit is the next one, and while several callers wait, the thread gives
/// others a moment to join. A lone caller is served at once.
/// </summary>
internal sealed partial class GroupCommitJournal : IJournal, IAsyncDisposable
{
    /// <summary>How long the thread leaves others to join, in nanoseconds for each caller of the commit before; the kernel adds 50 us.</summary>
    private const int PausePerWaiter = 40_000;

    /// <summary>
    /// The longest pause, in nanoseconds. A record waits for half of it on average: two records of a call together for less
    /// than a millisecond.
    /// </summary>
    private const int LongestPause = 800_000;

    /// <summary>How long records that nobody waits for may stay in memory, so that many share a commit.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    private readonly JournalCore _core;
    private readonly CompletionLanes _lanes;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastWaiting;
    private volatile bool _asleep;
    private volatile bool _closed;

    private GroupCommitJournal(JournalCore core, CompletionLanes lanes)
    {
        _core = core;
        _lanes = lanes;
        new Thread(Run) { IsBackground = true, Name = "journal" }.Start();
    }

    public event Action<bool>? AcceptsReserveChanged
    {
        add => _core.AcceptsReserveChanged += value;
        remove => _core.AcceptsReserveChanged -= value;
    }

    /// <summary>What was found when the journal was opened.</summary>
    public JournalRecovery Recovery => _core.Recovery;

    public bool AcceptsReserve => _core.AcceptsReserve;

    public long DurableSequence => _core.DurableSequence;

    /// <summary>Files that are allocated or hold records.</summary>
    public int SegmentCount => _core.SegmentCount;

    /// <summary>Space that the segments take on the disk.</summary>
    public long BytesOnDisk => _core.BytesOnDisk;

    /// <summary>Records of the last commit.</summary>
    public int LastBatchSize => _core.LastBatchSize;

    /// <summary>Commits so far, failed ones included.</summary>
    public long FlushCount => _core.FlushCount;

    /// <summary>Time that all commits took.</summary>
    public TimeSpan FlushTime => _core.FlushTime;

    /// <summary>Replays the folder, opens a new segment in it and starts the journal's thread.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="disk">The folder; closed with the journal.</param>
    /// <param name="sequenceFloor">New records are numbered above it: the database may know higher numbers than the log.</param>
    /// <param name="replay">Takes every record that is still in the log, before this returns.</param>
    /// <param name="time">Times commits and retries.</param>
    /// <param name="logger">Where damage and refusals are told.</param>
    /// <exception cref="IOException">The folder cannot be read. A full disk is no reason: then reservations are refused.</exception>
    public static GroupCommitJournal Open(
        JournalOptions options, IJournalDisk disk, long sequenceFloor, JournalVisitor replay, TimeProvider time, ILogger logger)
    {
        var lanes = new CompletionLanes(Environment.ProcessorCount);
        return new GroupCommitJournal(JournalCore.Open(disk, options, sequenceFloor, replay, lanes, time, logger), lanes);
    }

    public ValueTask<long> AppendAsync(JournalRecordType type, ReadOnlySpan<byte> payload, JournalWaiter waiter)
    {
        var completion = waiter.Begin();
        if (_core.Append(type, payload, waiter, out _) < 0)
        {
            return new ValueTask<long>(-1);
        }

        if (_asleep)
        {
            Wake();
        }

        return completion;
    }

    public long Append(JournalRecordType type, ReadOnlySpan<byte> payload)
    {
        var sequence = _core.Append(type, payload, waiter: null, out var pending);
        if (_asleep && pending == 1)
        {
            Wake();
        }

        return sequence;
    }

    public void ReleaseBelow(long sequence) => _core.ReleaseBelow(sequence);

    /// <summary>
    /// Takes no more records, makes those it has durable and closes the files. Not a wait for the thread: what awaits an
    /// append runs on that very thread, and may be what ends the journal.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _core.Close();
        _closed = true;
        Wake();
        await _ended.Task;
    }

    private void Run()
    {
        while (!_closed)
        {
            Gather();
            if (!_core.CanWrite)
            {
                Sleep(_core.Patience, unlessWaiting: false);
            }

            if (_core.PendingCount > 0 && _core.WaitingCount == 0)
            {
                Sleep(Linger, unlessWaiting: true);
            }

            _lastWaiting = _core.WaitingCount;
            _core.Turn();
        }

        _core.Dispose();
        _lanes.Dispose();
        _ended.SetResult();
    }

    private void Sleep(TimeSpan patience, bool unlessWaiting)
    {
        lock (_gate)
        {
            // Before the look: whoever appends after it sees the flag, because both take the core's lock.
            _asleep = true;
            if (!_closed && patience != TimeSpan.Zero && !(unlessWaiting ? _core.WaitingCount > 0 : _core.CanWrite))
            {
                Monitor.Wait(_gate, patience);
            }

            _asleep = false;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            _asleep = false;
            Monitor.Pulse(_gate);
        }
    }

    // After a commit that served several callers, more will come: a pause without a wake-up is cheaper than a sleep that
    // the first of them must end.
    private void Gather()
    {
        if (_lastWaiting < 2 || !OperatingSystem.IsLinux())
        {
            return;
        }

        var pause = new Timespec(0, Math.Min(LongestPause, _lastWaiting * PausePerWaiter));
        _ = NanoSleep(in pause, 0);
    }

    // The runtime's own waits count in milliseconds.
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NanoSleep(in Timespec duration, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(nint Seconds, nint Nanoseconds);
}
