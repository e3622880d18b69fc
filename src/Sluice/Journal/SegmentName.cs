using System.Globalization;

namespace Sluice.Journal;

/// <summary>
/// The name of a segment's file: <c>{first}-{generation}.journal</c>. Generations rise with every file that is created or
/// renamed; they order the segments and seed their checksums.
/// </summary>
/// <param name="First">Sequence number of its first record, which may not be written yet.</param>
/// <param name="Generation">Above 0.</param>
/// <param name="Quarantined">Damaged; read as far as possible until it is released, and kept afterwards.</param>
internal readonly record struct SegmentName(long First, long Generation, bool Quarantined = false)
{
    private const string Extension = ".journal";
    private const string Quarantine = ".quarantined";
    private const string Spare = ".spare";
    private const string Unfinished = ".new";

    /// <summary>Name of a released segment that was damaged: kept, and not read any more.</summary>
    public string Kept => string.Create(CultureInfo.InvariantCulture, $"{First:D19}-{Generation:D10}.released{Quarantine}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:D19}-{Generation:D10}{Extension}{(Quarantined ? Quarantine : "")}");

    /// <summary>Name of a file that is allocated, filled and waits to become a segment.</summary>
    public static string SpareFile(long generation) => string.Create(CultureInfo.InvariantCulture, $"{generation:D10}{Spare}");

    /// <summary>Name of a file that is being allocated.</summary>
    public static string UnfinishedFile(long generation) => string.Create(CultureInfo.InvariantCulture, $"{generation:D10}{Unfinished}");

    public static bool IsSpare(string file) => file.EndsWith(Spare, StringComparison.Ordinal);

    public static bool IsUnfinished(string file) => file.EndsWith(Unfinished, StringComparison.Ordinal);

    /// <summary>Reads the name of a segment that takes part in replay.</summary>
    public static bool TryParse(string file, out SegmentName name)
    {
        var quarantined = file.EndsWith(Extension + Quarantine, StringComparison.Ordinal);
        var parts = file.Split('.')[0].Split('-');
        name = default;
        if ((!quarantined && !file.EndsWith(Extension, StringComparison.Ordinal)) || parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            return false;
        }

        name = new SegmentName(first, generation, quarantined);
        return true;
    }

    /// <summary>The generation in any name of the journal's; 0 for a foreign file.</summary>
    public static long GenerationOf(string file)
    {
        var stem = file.Split('.')[0];
        return long.TryParse(stem.AsSpan(stem.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : 0;
    }
}
