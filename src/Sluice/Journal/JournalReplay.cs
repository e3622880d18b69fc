namespace Sluice.Journal;

/// <summary>
/// Reads the folder of a journal: hands every record to the visitor, in order, sets damaged segments apart and finds the
/// files that can be used again.
/// </summary>
internal sealed partial class JournalReplay(IJournalDisk disk, JournalOptions options, JournalVisitor visit, ILogger logger)
{
    private const int WindowBytes = 1024 * 1024;

    private readonly byte[] _window = new byte[Math.Max(Math.Min(WindowBytes, options.SegmentBytes), options.MostPayloadBytes + SegmentHeader.Block)];
    private readonly List<string> _quarantined = [];
    private long _records;
    private long _missing;
    private long _torn;

    /// <summary>Segments that hold records, oldest first.</summary>
    public List<SealedSegment> Segments { get; } = [];

    /// <summary>Segments without a record that counts: to be used again when a newer segment's header is durable.</summary>
    public List<SealedSegment> Empty { get; } = [];

    /// <summary>Names of files that wait to become segments.</summary>
    public List<string> Spares { get; } = [];

    /// <summary>Last record that counts; 0 when there is none.</summary>
    public long Last { get; private set; }

    /// <summary>Highest generation in use.</summary>
    public long Generation { get; private set; }

    /// <exception cref="IOException">The folder or a file cannot be read, or what was read cannot be made durable.</exception>
    public JournalRecovery Run()
    {
        List<SegmentName> names = [];
        foreach (var file in disk.List())
        {
            Generation = Math.Max(Generation, SegmentName.GenerationOf(file));
            if (SegmentName.TryParse(file, out var name))
            {
                names.Add(name);
            }
            else if (SegmentName.IsSpare(file))
            {
                Spares.Add(file);
            }
            else if (SegmentName.IsUnfinished(file))
            {
                disk.Delete(file);
            }
        }

        names.Sort((one, other) => one.Generation.CompareTo(other.Generation));
        ReadAll(names);
        return new JournalRecovery(_records, _torn, _missing, _quarantined);
    }

    private void ReadAll(List<SegmentName> names)
    {
        if (names.Count == 0)
        {
            return;
        }

        var opened = Open(names[0]);
        Last = opened.Confirmed;
        for (var i = 0; i < names.Count; i++)
        {
            var next = i + 1 < names.Count ? Open(names[i + 1]) : default(OpenedSegment?);
            using (opened.File)
            {
                ReadSegment(opened, next?.Confirmed);
            }

            opened = next.GetValueOrDefault();
        }
    }

    private OpenedSegment Open(SegmentName name)
    {
        var file = disk.Open(name.ToString());
        try
        {
            var header = new SegmentReader(file, name, _window).ReadHeader();
            return new OpenedSegment(name, file, header?.ConfirmedBefore ?? name.First - 1, header is null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ReadSegment(OpenedSegment segment, long? confirmed)
    {
        if (confirmed is null)
        {
            // After a kill the end may be in the kernel's cache only; what is replayed must still be there after a power cut.
            segment.File.Sync();
        }

        var reader = new SegmentReader(segment.File, segment.Name, _window);
        reader.Read(confirmed, visit);
        _records += reader.Records;
        _torn += reader.TornBytes;
        _missing += Math.Max(0, (confirmed ?? reader.Last) - (segment.Name.First - 1) - reader.Records);
        Last = Math.Max(Last, Math.Max(confirmed ?? 0, reader.Records > 0 ? reader.Last : 0));

        var damaged = reader.Damaged || segment.HeaderDamaged;
        var name = damaged || segment.Name.Quarantined ? SetApart(segment.Name, reader) : segment.Name;
        var read = new SealedSegment(name, reader.Last);
        (reader.Records == 0 && !name.Quarantined ? Empty : Segments).Add(read);
    }

    private SegmentName SetApart(SegmentName name, SegmentReader reader)
    {
        var apart = name with { Quarantined = true };
        if (!name.Quarantined)
        {
            disk.Rename(name.ToString(), apart.ToString());
            disk.SyncDirectory();
        }

        _quarantined.Add(apart.ToString());
        Log.Quarantined(logger, apart.ToString(), reader.Records);
        return apart;
    }

    private readonly record struct OpenedSegment(SegmentName Name, IJournalFile File, long Confirmed, bool HeaderDamaged);

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Critical, "The journal's segment {Segment} is damaged: confirmed records are missing. {Records} records of it were read; the file is kept")]
        public static partial void Quarantined(ILogger logger, string segment, long records);
    }
}
