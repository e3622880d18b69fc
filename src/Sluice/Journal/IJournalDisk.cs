namespace Sluice.Journal;

/// <summary>
/// The folder of the journal, as far as it matters: what is durable and when. Operations fail with <see cref="IOException"/>
/// or <see cref="UnauthorizedAccessException"/>. Names created, changed or removed are durable after <see cref="SyncDirectory"/> alone.
/// </summary>
internal interface IJournalDisk : IDisposable
{
    /// <summary>The names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Creates a file of zeros whose space is really allocated: writing to it later does not find the disk full.</summary>
    IJournalFile Create(string name, long size);

    IJournalFile Open(string name);

    /// <summary>Renames a file, which may be open, to a name that is free.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Makes the folder's names durable.</summary>
    void SyncDirectory();
}
