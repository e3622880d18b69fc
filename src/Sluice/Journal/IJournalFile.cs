namespace Sluice.Journal;

/// <summary>An open file of the journal. Fails as <see cref="IJournalDisk"/> does.</summary>
internal interface IJournalFile : IDisposable
{
    /// <summary>Size in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to the length of the target; fewer only at the end of the file.</summary>
    int Read(Span<byte> target, long offset);

    /// <summary>Writes everything; durable after <see cref="Sync"/> alone.</summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>
    /// Makes what was written durable. After a failure the kernel may have dropped the data and call the next attempt a
    /// success, so the file must not be written or synced again.
    /// </summary>
    void Sync();
}
