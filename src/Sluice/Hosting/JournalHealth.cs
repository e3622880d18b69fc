using System.Text.Json.Nodes;
using Sluice.Journal;
using Sluice.Telemetry;

namespace Sluice.Hosting;

/// <summary>Says in <c>/health</c> whether the journal takes calls, and whether it was found damaged.</summary>
internal sealed class JournalHealth : IHealthContributor
{
    private GroupCommitJournal? _journal;

    public string Name => "journal";

    /// <summary>The journal that is open; null while none is, or where it is switched off.</summary>
    public GroupCommitJournal? Journal => Volatile.Read(ref _journal);

    public void Watch(GroupCommitJournal journal) => Volatile.Write(ref _journal, journal);

    public HealthReport Check()
    {
        if (Journal is not { } journal)
        {
            return new HealthReport(HealthStatus.Degraded, "The journal is switched off: a crash loses the account of the last moments. Set server.journal to true.");
        }

        var damaged = journal.Recovery.Quarantined.Count;
        var details = new JsonObject
        {
            ["durable_sequence"] = journal.DurableSequence,
            ["segments"] = journal.SegmentCount,
            ["bytes"] = journal.BytesOnDisk,
            ["quarantined"] = damaged,
        };
        return journal.AcceptsReserve
            ? new HealthReport(
                damaged == 0 ? HealthStatus.Healthy : HealthStatus.Degraded,
                damaged == 0 ? null : "Damaged segments were found and set aside as *.quarantined in the journal's folder: look at the disk, and keep the files.")
            { Details = details }
            : new HealthReport(HealthStatus.Unhealthy, "The journal cannot be written, so new calls are refused: look at the disk of the data folder.") { Details = details };
    }
}
