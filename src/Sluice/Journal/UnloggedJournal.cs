namespace Sluice.Journal;

/// <summary>
/// The journal switched off: numbers the records and keeps none of them. What the database has not been given yet is lost
/// with the process.
/// </summary>
internal sealed class UnloggedJournal(long sequenceFloor) : IJournal
{
    private long _sequence = sequenceFloor;

    public event Action<bool>? AcceptsReserveChanged
    {
        // It always accepts.
        add { }
        remove { }
    }

    public bool AcceptsReserve => true;

    public long DurableSequence => Volatile.Read(ref _sequence);

    public ValueTask<long> AppendAsync(JournalRecordType type, ReadOnlySpan<byte> payload, JournalWaiter waiter) => new(Append(type, payload));

    public long Append(JournalRecordType type, ReadOnlySpan<byte> payload) => Interlocked.Increment(ref _sequence);

    public void ReleaseBelow(long sequence)
    {
        // There is nothing to give back.
    }
}
