namespace Sluice.Journal;

/// <summary>What was found when the journal was opened.</summary>
/// <param name="Records">Records replayed.</param>
/// <param name="TornBytes">
/// Bytes of records at the end that a crash cut off and nobody was told of: expected after a crash, at least 0.
/// </param>
/// <param name="Missing">Records that were confirmed once and cannot be read; above 0 only when a file was damaged or removed.</param>
/// <param name="Quarantined">Names of the damaged segments, which are kept for the operator.</param>
internal sealed record JournalRecovery(long Records, long TornBytes, long Missing, IReadOnlyList<string> Quarantined)
{
    /// <summary>Whether everything that was ever confirmed and not released was read.</summary>
    public bool IsWhole => Missing == 0 && Quarantined.Count == 0;
}
