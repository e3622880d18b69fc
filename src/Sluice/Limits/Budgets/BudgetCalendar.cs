namespace Sluice.Limits.Budgets;

/// <summary>The time that a budget is for.</summary>
internal enum BudgetPer
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Total,
}

/// <summary>One period of a budget.</summary>
/// <param name="Start">Its first instant.</param>
/// <param name="End">The first instant after it; <see cref="DateTimeOffset.MaxValue"/> where it never ends.</param>
internal readonly record struct BudgetSpan(DateTimeOffset Start, DateTimeOffset End);

/// <summary>
/// Finds the period that an instant lies in. Periods follow each other without gap and overlap in every zone: a day with a
/// change of the clock has 23 or 25 hours, and where midnight is skipped, or comes twice, the day begins at its first instant.
/// </summary>
internal static class BudgetCalendar
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static BudgetSpan Containing(BudgetPer per, TimeZoneInfo zone, DateTimeOffset instant) => per switch
    {
        BudgetPer.Minute => Regular(TimeSpan.FromMinutes(1), zone, instant),
        BudgetPer.Hour => Regular(TimeSpan.FromHours(1), zone, instant),
        BudgetPer.Total => new BudgetSpan(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue),
        _ => ByDate(per, zone, instant),
    };

    /// <summary>Periods of one length, laid against the zone's base offset, since a change of the clock must not make two of one.</summary>
    private static BudgetSpan Regular(TimeSpan length, TimeZoneInfo zone, DateTimeOffset instant)
    {
        var shifted = instant.UtcTicks + zone.BaseUtcOffset.Ticks;
        var start = new DateTimeOffset(shifted - (shifted % length.Ticks) - zone.BaseUtcOffset.Ticks, TimeSpan.Zero);
        return new BudgetSpan(start, start + length);
    }

    private static BudgetSpan ByDate(BudgetPer per, TimeZoneInfo zone, DateTimeOffset instant)
    {
        var first = FirstDate(per, TimeZoneInfo.ConvertTime(instant, zone).Date);
        while (true)
        {
            var next = NextDate(per, first);
            var end = FirstInstant(zone, next);
            if (instant < end)
            {
                return new BudgetSpan(FirstInstant(zone, first), end);
            }

            // A clock that is set back just after midnight shows the old date once more: that time belongs to the new day.
            first = next;
        }
    }

    private static DateTime FirstDate(BudgetPer per, DateTime date) => per switch
    {
        BudgetPer.Day => date,
        BudgetPer.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        _ => new DateTime(date.Year, date.Month, 1),
    };

    private static DateTime NextDate(BudgetPer per, DateTime first) => per switch
    {
        BudgetPer.Day => first.AddDays(1),
        BudgetPer.Week => first.AddDays(7),
        _ => first.AddMonths(1),
    };

    /// <summary>The first instant at which the zone's clock shows a midnight, or is past it.</summary>
    private static DateTimeOffset FirstInstant(TimeZoneInfo zone, DateTime midnight)
    {
        // Of the offsets before and after a change nearby, the one that gives the earlier instant counts if the clock is there by then.
        var asUtc = new DateTimeOffset(midnight, TimeSpan.Zero);
        var one = asUtc - zone.GetUtcOffset(asUtc - Day);
        var other = asUtc - zone.GetUtcOffset(asUtc + Day);
        var (early, late) = one < other ? (one, other) : (other, one);
        return TimeZoneInfo.ConvertTime(early, zone).DateTime >= midnight ? early : late;
    }
}
