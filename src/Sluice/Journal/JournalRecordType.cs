namespace Sluice.Journal;

/// <summary>What a record says about a call. The numbers stand in files.</summary>
internal enum JournalRecordType : byte
{
    /// <summary>The call may be sent upstream from now on.</summary>
    Reserve = 1,

    /// <summary>What was used so far.</summary>
    Checkpoint = 2,

    /// <summary>The outcome, also that of a call that was never sent.</summary>
    Settle = 3,
}
