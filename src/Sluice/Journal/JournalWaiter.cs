namespace Sluice.Journal;

/// <summary>What an append waits with; reusable once the append has completed.</summary>
internal sealed class JournalWaiter;
