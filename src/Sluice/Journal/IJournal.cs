namespace Sluice.Journal;

/// <summary>
/// A write-ahead log: what it has confirmed outlives a kill and a power cut. It knows nothing of what its records mean.
/// Thread-safe.
/// </summary>
internal interface IJournal
{
    /// <summary>
    /// False while new <see cref="JournalRecordType.Reserve"/> records are refused: the disk is full or fails. The others
    /// are then still taken, into space that was allocated before.
    /// </summary>
    bool AcceptsReserve { get; }

    /// <summary>Sequence number of the last durable record; 0 when there is none.</summary>
    long DurableSequence { get; }

    /// <summary>Raised on the journal's thread when <see cref="AcceptsReserve"/> has changed.</summary>
    event Action<bool>? AcceptsReserveChanged;

    /// <summary>
    /// Appends a record and completes when it is durable, with its sequence number: above 0, rising with every record,
    /// also across restarts. Completes with -1 when the journal cannot take the record or could not make it durable.
    /// Completes inline on the journal's thread, so what follows must not block.
    /// </summary>
    /// <param name="type">What the record says.</param>
    /// <param name="payload">Copied before the call returns.</param>
    /// <param name="waiter">Belongs to the caller, who may use it again when this append has completed and was awaited.</param>
    ValueTask<long> AppendAsync(JournalRecordType type, ReadOnlySpan<byte> payload, JournalWaiter waiter);

    /// <summary>Appends a record that becomes durable with the next commit. Returns its sequence number, or -1.</summary>
    long Append(JournalRecordType type, ReadOnlySpan<byte> payload);

    /// <summary>Gives back the segments whose records all have numbers below this one.</summary>
    void ReleaseBelow(long sequence);
}
