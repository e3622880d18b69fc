namespace Sluice.Journal;

/// <summary>What a record of the journal is about. A void is a <see cref="Settle"/> whose status is void.</summary>
internal enum JournalRecordType : byte
{
    /// <summary>Before anything is sent upstream.</summary>
    Reserve = 1,

    /// <summary>While a call runs: what it has used so far.</summary>
    Checkpoint = 2,

    /// <summary>How a call ended.</summary>
    Settle = 3,
}

/// <summary>Gets every record of the log, oldest first.</summary>
internal delegate void JournalVisitor(JournalRecordType type, long sequence, ReadOnlySpan<byte> payload);

/// <summary>A write-ahead log of framed records; knows nothing of what they mean.</summary>
internal interface IJournal
{
    /// <summary>
    /// Appends and completes when durable, with the record's sequence number (above 0, rising by one per record, also across
    /// restarts), or with -1 when the journal cannot take it or could not make it durable. Completes inline on the
    /// journal's thread. The waiter is the caller's, and free for the next append once this one has completed.
    /// </summary>
    ValueTask<long> AppendAsync(JournalRecordType type, ReadOnlySpan<byte> payload, JournalWaiter waiter);

    /// <summary>Appends without waiting: durable with the next commit. Returns the sequence number, or -1.</summary>
    long Append(JournalRecordType type, ReadOnlySpan<byte> payload);

    /// <summary>False while new reservations are refused (disk full, failed disk); the other records are then still taken, from reserved space.</summary>
    bool AcceptsReserve { get; }

    /// <summary>Raised when <see cref="AcceptsReserve"/> changes, on any thread.</summary>
    event Action<bool>? AcceptsReserveChanged;

    /// <summary>Sequence number of the last durable record; 0 when there is none.</summary>
    long DurableSequence { get; }

    /// <summary>The segments whose records are all below the sequence number are given back.</summary>
    void ReleaseBelow(long sequence);
}
