namespace Sluice.Usage;

/// <summary>A run of buckets of one roll-up table.</summary>
/// <param name="Table">usage_minutes, usage_hours or usage_days.</param>
/// <param name="From">The first bucket.</param>
/// <param name="To">One past the last bucket.</param>
internal readonly record struct RollupRange(string Table, long From, long To);

/// <summary>Covers a span of time with as few buckets as it takes: days in the middle, hours and minutes at the edges.</summary>
internal static class RollupCover
{
    public const long MinutesPerHour = 60;
    public const long MinutesPerDay = 24 * 60;

    /// <summary>Minutes are kept this long; before that an edge is rounded outwards to its hour.</summary>
    public static readonly TimeSpan MinuteRetention = TimeSpan.FromHours(48);

    /// <summary>The ranges of a span.</summary>
    /// <param name="from">The first minute since the Unix epoch.</param>
    /// <param name="to">One past the last minute.</param>
    /// <param name="oldestMinute">The oldest minute that is kept; a whole hour.</param>
    public static List<RollupRange> Of(long from, long to, long oldestMinute)
    {
        if (from < oldestMinute)
        {
            from = Floor(from, MinutesPerHour);
        }

        if (to < oldestMinute)
        {
            to = Ceiling(to, MinutesPerHour);
        }

        var ranges = new List<RollupRange>();
        var (dayFrom, dayTo) = (Ceiling(from, MinutesPerDay), Floor(to, MinutesPerDay));
        if (dayFrom < dayTo)
        {
            AddHours(ranges, from, dayFrom);
            ranges.Add(new RollupRange("usage_days", dayFrom / MinutesPerDay, dayTo / MinutesPerDay));
            AddHours(ranges, dayTo, to);
        }
        else
        {
            AddHours(ranges, from, to);
        }

        return ranges;
    }

    public static long Floor(long minute, long unit) => minute / unit * unit;

    public static long Ceiling(long minute, long unit) => (minute + unit - 1) / unit * unit;

    private static void AddHours(List<RollupRange> ranges, long from, long to)
    {
        var (hourFrom, hourTo) = (Ceiling(from, MinutesPerHour), Floor(to, MinutesPerHour));
        if (hourFrom >= hourTo)
        {
            AddMinutes(ranges, from, to);
            return;
        }

        AddMinutes(ranges, from, hourFrom);
        ranges.Add(new RollupRange("usage_hours", hourFrom / MinutesPerHour, hourTo / MinutesPerHour));
        AddMinutes(ranges, hourTo, to);
    }

    private static void AddMinutes(List<RollupRange> ranges, long from, long to)
    {
        if (from < to)
        {
            ranges.Add(new RollupRange("usage_minutes", from, to));
        }
    }
}
