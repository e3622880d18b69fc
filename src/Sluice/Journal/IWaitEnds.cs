namespace Sluice.Journal;

/// <summary>Ends the waits of those whose records a commit took or refused.</summary>
internal interface IWaitEnds
{
    /// <param name="waiters">Of records that follow each other; null where nobody waits. Valid during the call only.</param>
    /// <param name="first">The number of the first record.</param>
    /// <param name="durable">False when the records were refused: each wait ends with -1 instead of its number.</param>
    void End(ReadOnlySpan<JournalWaiter?> waiters, long first, bool durable);
}

/// <summary>Ends waits on the thread that commits.</summary>
internal sealed class InlineEnds : IWaitEnds
{
    public static readonly InlineEnds Instance = new();

    private InlineEnds()
    {
    }

    public void End(ReadOnlySpan<JournalWaiter?> waiters, long first, bool durable)
    {
        for (var i = 0; i < waiters.Length; i++)
        {
            waiters[i]?.Complete(durable ? first + i : -1);
        }
    }
}
