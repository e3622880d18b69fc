using Sluice.Journal;

namespace Sluice.Tests.Usage;

/// <summary>A journal in memory, whose durability a test decides.</summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly Lock _lock = new();
    private readonly List<Record> _records;
    private readonly List<(long Sequence, TaskCompletionSource<long> Waiter)> _waiters = [];
    private long _sequence;
    private long _durable;

    public MemoryJournal(long floor = 0, IReadOnlyList<Record>? records = null)
    {
        _records = [.. records ?? []];
        _sequence = Math.Max(floor, _records.Count == 0 ? 0 : _records[^1].Sequence);
        _durable = _sequence;
    }

    public event Action<bool>? AcceptsReserveChanged;

    /// <summary>True makes every append durable at once.</summary>
    public bool Prompt { get; set; } = true;

    /// <summary>True refuses every append.</summary>
    public bool Refuses { get; set; }

    /// <summary>True keeps what it refuses, as a disk may that fails after the write.</summary>
    public bool KeepsRefused { get; set; }

    public bool AcceptsReserve
    {
        get;
        set
        {
            field = value;
            AcceptsReserveChanged?.Invoke(value);
        }
    } = true;

    public long DurableSequence => Volatile.Read(ref _durable);

    /// <summary>Everything below was given back.</summary>
    public long ReleasedBelow { get; private set; }

    /// <summary>What a crash would leave.</summary>
    public IReadOnlyList<Record> Durable
    {
        get
        {
            lock (_lock)
            {
                return [.. _records.Where(record => record.Sequence <= _durable)];
            }
        }
    }

    public ValueTask<long> AppendAsync(JournalRecordType type, ReadOnlySpan<byte> payload, JournalWaiter waiter)
    {
        lock (_lock)
        {
            var sequence = Add(type, payload);
            if (sequence < 0 || Prompt)
            {
                _durable = _sequence;
                return new ValueTask<long>(sequence);
            }

            var completion = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((sequence, completion));
            return new ValueTask<long>(completion.Task);
        }
    }

    public long Append(JournalRecordType type, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            var sequence = Add(type, payload);
            if (Prompt)
            {
                _durable = _sequence;
            }

            return sequence;
        }
    }

    /// <summary>Makes durable what was appended.</summary>
    public void Commit()
    {
        List<(long Sequence, TaskCompletionSource<long> Waiter)> waiters;
        lock (_lock)
        {
            _durable = _sequence;
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        waiters.ForEach(waiter => waiter.Waiter.SetResult(waiter.Sequence));
    }

    public void ReleaseBelow(long sequence)
    {
        sequence.ShouldBeLessThanOrEqualTo(DurableSequence + 1);
        ReleasedBelow = Math.Max(ReleasedBelow, sequence);
    }

    private long Add(JournalRecordType type, ReadOnlySpan<byte> payload)
    {
        if (!Refuses || KeepsRefused)
        {
            _records.Add(new Record(type, ++_sequence, payload.ToArray()));
        }

        return Refuses ? -1 : _sequence;
    }

    internal sealed record Record(JournalRecordType Type, long Sequence, byte[] Payload);
}
