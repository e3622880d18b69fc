using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;

namespace Sluice.Chaos.Simulation;

/// <summary>
/// One disk, one journal after another: each appends, releases and is stopped at an operation of the disk, be it while it
/// works or while it recovers, and the next one's replay is held against what was confirmed. Everything follows from the seed.
/// </summary>
internal sealed class CrashTrial : IDisposable
{
    private const int MostPayload = 900;
    private const int LongPayload = 6_000;

    private static readonly JournalOptions Options = new() { SegmentBytes = JournalOptions.SmallestSegment };

    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly List<(long Sequence, ulong Nonce, JournalWaiter? Waiter, ValueTask<long> Wait)> _appended = [];
    private readonly Stack<JournalWaiter> _waiters = new();
    private readonly byte[] _payload = new byte[LongPayload];
    private SortedDictionary<long, ulong> _confirmed = [];
    private Dictionary<long, ulong> _possible = [];
    private long _released;
    private long _highest;

    public CrashTrial(int seed, bool ignoreSync = false)
    {
        _random = new Random(seed);
        _disk = new SimulatedDisk(_random) { IgnoresSync = ignoreSync };
    }

    /// <summary>Records confirmed so far.</summary>
    public long Confirmed { get; private set; }

    /// <summary>Confirmed records that a replay did not bring back.</summary>
    public long Lost { get; private set; }

    /// <summary>Replayed records that nobody had appended so.</summary>
    public long Torn { get; private set; }

    /// <summary>Records whose number was not above all confirmed before.</summary>
    public long Repeated { get; private set; }

    /// <summary>Replays that took a crash for damage.</summary>
    public long FalseAlarms { get; private set; }

    /// <summary>Writes and syncs of a file that had failed.</summary>
    public long TouchesAfterFailure => _disk.TouchesAfterFailure;

    /// <summary>Whether the fault planned for the last run was reached.</summary>
    public bool Reached { get; private set; }

    public bool IsClean => Lost == 0 && Torn == 0 && Repeated == 0 && FalseAlarms == 0 && TouchesAfterFailure == 0;

    public override string ToString() => $"{Confirmed} confirmed, {Lost} lost, {Torn} torn accepted, {Repeated} numbers repeated, {FalseAlarms} false alarms, {TouchesAfterFailure} touches after a failure";

    /// <summary>Works for a while with a fault at an operation, counted from the opening on, cuts the power and looks.</summary>
    public void RunFault(DiskFault fault, long operation)
    {
        _disk.Plan(fault, operation);
        Run(cutAfterOpening: null);
    }

    /// <summary>Runs some power cuts at random operations.</summary>
    public void RunPowerCuts(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var recovers = _random.Next(4) == 0;
            if (recovers)
            {
                _disk.Plan(DiskFault.PowerCut, 1 + _random.Next(25));
            }

            Run(cutAfterOpening: 1 + _random.Next(60));
        }
    }

    public void Dispose() => _disk.Dispose();

    private void Run(int? cutAfterOpening)
    {
        Work(cutAfterOpening);
        Collect();
        _disk.LosePower();
        Verify();
    }

    private void Work(int? cutAfterOpening)
    {
        var time = new TestKit.FakeTime();
        try
        {
            var core = JournalCore.Open(_disk, Options, _released, (_, _, _) => { }, InlineEnds.Instance, time, NullLogger.Instance);
            if (cutAfterOpening is { } operations)
            {
                _disk.Plan(DiskFault.PowerCut, operations);
            }

            for (var turn = 0; cutAfterOpening is not null || turn < 30; turn++)
            {
                AppendSome(core);
                core.Turn();
                Release(core);
                time.Advance(TimeSpan.FromMilliseconds(_random.Next(700)));
            }

            core.Dispose();
        }
        catch (Exception e) when (e is PowerCutException or IOException)
        {
            // The machine stopped, or the journal could not be opened.
        }

        Reached = _disk.FaultFired;
    }

    private void AppendSome(JournalCore core)
    {
        for (var count = _random.Next(1, 8); count > 0; count--)
        {
            var nonce = (ulong)_random.NextInt64();
            var payload = Payload(nonce);
            var waiter = _random.Next(4) == 0 ? null : _waiters.TryPop(out var used) ? used : new JournalWaiter();
            var wait = waiter?.Begin() ?? default;
            var sequence = core.Append((JournalRecordType)_random.Next(1, 4), payload, waiter, out _);
            if (sequence < 0)
            {
                continue;
            }

            Repeated += sequence <= _highest ? 1 : 0;
            _possible[sequence] = nonce;
            if (waiter is not null)
            {
                _appended.Add((sequence, nonce, waiter, wait));
            }
        }
    }

    // Whether a record was confirmed is what its waiter was told, also when the power failed later in the same turn.
    private void Collect()
    {
        foreach (var (sequence, nonce, waiter, wait) in _appended)
        {
            if (!wait.IsCompleted)
            {
                continue;
            }

            if (wait.GetAwaiter().GetResult() == sequence)
            {
                Repeated += sequence <= _highest ? 1 : 0;
                _highest = sequence;
                _confirmed[sequence] = nonce;
                Confirmed++;
            }

            _waiters.Push(waiter!);
        }

        _appended.Clear();
    }

    private void Release(JournalCore core)
    {
        if (_random.Next(6) == 0)
        {
            _released = Math.Max(_released, core.DurableSequence - _random.Next(40));
            core.ReleaseBelow(_released);
        }
    }

    private void Verify()
    {
        SortedDictionary<long, ulong> found = [];
        long last = 0;
        var replay = new JournalReplay(
            _disk,
            Options,
            (_, sequence, payload) =>
            {
                Torn += IsGenuine(sequence, payload) && sequence > last ? 0 : 1;
                last = sequence;
                found[sequence] = BinaryPrimitives.ReadUInt64LittleEndian(payload);
            },
            NullLogger.Instance);
        FalseAlarms += replay.Run().IsWhole ? 0 : 1;
        Lost += _confirmed.Count(record => record.Key >= _released && (!found.TryGetValue(record.Key, out var nonce) || nonce != record.Value));

        // What was replayed once was acted on, so it must be there again.
        _confirmed = found;
        _possible = new Dictionary<long, ulong>(found);
        _highest = Math.Max(_highest, last);
    }

    private bool IsGenuine(long sequence, ReadOnlySpan<byte> payload)
        => _possible.TryGetValue(sequence, out var nonce) && payload.SequenceEqual(Payload(nonce));

    private ReadOnlySpan<byte> Payload(ulong nonce)
    {
        var length = nonce % 50 == 0 ? LongPayload : (2 * sizeof(ulong)) + (int)(nonce % MostPayload);
        var payload = _payload.AsSpan(0, length);
        payload.Fill((byte)(nonce >> 8));
        BinaryPrimitives.WriteUInt64LittleEndian(payload, nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[^8..], nonce);
        return payload;
    }
}
