using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Limits.Budgets;

namespace Sluice.Tests.Limits.Budgets;

public sealed class BudgetCalendarTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Asia/Kolkata",
        "Asia/Kathmandu", "Asia/Beirut", "Asia/Tehran", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham",
        "Antarctica/Troll",
    ];

    [Theory]
    [InlineData("UTC", nameof(BudgetPer.Minute), "2026-03-10T14:25:59.999Z", "2026-03-10T14:25:00Z", "2026-03-10T14:26:00Z")]
    [InlineData("UTC", nameof(BudgetPer.Hour), "2026-03-10T14:25:00Z", "2026-03-10T14:00:00Z", "2026-03-10T15:00:00Z")]
    [InlineData("Asia/Kolkata", nameof(BudgetPer.Hour), "2026-03-10T14:25:00Z", "2026-03-10T13:30:00Z", "2026-03-10T14:30:00Z")]
    [InlineData("UTC", nameof(BudgetPer.Day), "2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z")]
    [InlineData("Europe/Berlin", nameof(BudgetPer.Day), "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("Europe/Berlin", nameof(BudgetPer.Day), "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    [InlineData("Europe/Berlin", nameof(BudgetPer.Week), "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("UTC", nameof(BudgetPer.Week), "2026-06-07T23:59:59Z", "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z")]
    [InlineData("America/New_York", nameof(BudgetPer.Month), "2026-11-30T12:00:00Z", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z")]
    [InlineData("UTC", nameof(BudgetPer.Month), "2028-02-29T23:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    // Midnight is skipped: the day begins at one o'clock, an instant before which it was yesterday.
    [InlineData("Asia/Beirut", nameof(BudgetPer.Day), "2026-03-29T05:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z")]
    // The clock goes back at midnight: yesterday's last hour comes twice and belongs to yesterday.
    [InlineData("Asia/Beirut", nameof(BudgetPer.Day), "2026-10-24T21:30:00Z", "2026-10-23T21:00:00Z", "2026-10-24T22:00:00Z")]
    // It goes back a minute after midnight: what is shown as yesterday once more is part of the new day.
    [InlineData("America/St_Johns", nameof(BudgetPer.Day), "2010-11-07T03:00:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z")]
    // A day that the calendar of the place left out.
    [InlineData("Pacific/Apia", nameof(BudgetPer.Day), "2011-12-30T09:59:00Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")]
    [InlineData("Pacific/Apia", nameof(BudgetPer.Day), "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")]
    public void Containing_KnownInstants_GivesThePeriod(string zone, string per, string instant, string start, string end)
        => BudgetCalendar.Containing(Enum.Parse<BudgetPer>(per), TimeZoneInfo.FindSystemTimeZoneById(zone), Instant(instant))
            .ShouldBe(new BudgetSpan(Instant(start), Instant(end)));

    [Fact]
    public void Containing_Total_NeverEnds()
        => BudgetCalendar.Containing(BudgetPer.Total, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch.AddYears(80)).End.ShouldBe(DateTimeOffset.MaxValue);

    [Fact]
    public void Containing_AnyInstantInAnyZone_PeriodsFollowEachOtherWithoutGapAndOverlap()
    {
        var instants = Gen.Choose(0, int.MaxValue).Two().Select(pair => DateTimeOffset.UnixEpoch.AddSeconds(((long)pair.Item1 % 4_000_000_000) + (pair.Item2 % 3600)));
        var cases = from zone in Gen.Elements(Zones)
                    from per in Gen.Elements(BudgetPer.Minute, BudgetPer.Hour, BudgetPer.Day, BudgetPer.Week, BudgetPer.Month)
                    from instant in instants
                    select (Zone: zone, Per: per, Instant: instant);

        Prop.ForAll(cases.ToArbitrary(), input => Follows(input.Zone, input.Per, input.Instant)).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Fact]
    public void Containing_EveryQuarterOfAnHourAroundChangesOfTheClock_PeriodsFollowEachOther()
    {
        foreach (var zone in Zones)
        {
            for (var instant = new DateTimeOffset(2010, 10, 1, 0, 0, 0, TimeSpan.Zero); instant.Year < 2012; instant = instant.AddMinutes(45))
            {
                Follows(zone, BudgetPer.Day, instant).ShouldBeTrue($"{zone} {instant:O}");
            }
        }
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static bool Follows(string zoneName, BudgetPer per, DateTimeOffset instant)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var span = BudgetCalendar.Containing(per, zone, instant);
        var next = BudgetCalendar.Containing(per, zone, span.End);
        var before = BudgetCalendar.Containing(per, zone, span.Start.AddTicks(-1));
        return span.Start <= instant && instant < span.End
            && next.Start == span.End
            && before.End == span.Start
            && BudgetCalendar.Containing(per, zone, span.Start) == span
            && BudgetCalendar.Containing(per, zone, span.End.AddTicks(-1)) == span;
    }
}
