namespace Sluice.Journal;

/// <summary>A segment that is written no more.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Last">Number of its last record; one below its first when it has none.</param>
/// <param name="Suspect">An operation on it has failed in this process, so it is not used again.</param>
internal readonly record struct SealedSegment(SegmentName Name, long Last, bool Suspect = false);
