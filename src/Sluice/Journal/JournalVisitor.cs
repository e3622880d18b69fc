namespace Sluice.Journal;

/// <summary>Takes one record at replay, in the order of sequence numbers. The payload is valid during the call only.</summary>
internal delegate void JournalVisitor(JournalRecordType type, long sequence, ReadOnlySpan<byte> payload);
