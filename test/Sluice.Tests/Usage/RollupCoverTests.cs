using FsCheck;
using FsCheck.Fluent;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

public sealed class RollupCoverTests
{
    [Fact]
    public void Of_ThreeDaysAndABit_TakesDaysInTheMiddleAndFinerOnesAtTheEdges()
        => RollupCover.Of((1440 * 10) + 59, (1440 * 13) + 61, oldestMinute: 0).ShouldBe(
        [
            new RollupRange("usage_minutes", (1440 * 10) + 59, (1440 * 10) + 60),
            new RollupRange("usage_hours", (24 * 10) + 1, 24 * 11),
            new RollupRange("usage_days", 11, 13),
            new RollupRange("usage_hours", 24 * 13, (24 * 13) + 1),
            new RollupRange("usage_minutes", (1440 * 13) + 60, (1440 * 13) + 61),
        ]);

    [Fact]
    public void Of_MinutesNoLongerKept_RoundsOutwardsToHours()
        => RollupCover.Of(61, 150, oldestMinute: 6000).ShouldBe([new RollupRange("usage_hours", 1, 3)]);

    [Fact]
    public void Of_NoTime_IsEmpty() => RollupCover.Of(100, 100, 0).ShouldBeEmpty();

    [Fact]
    public void Of_AnySpan_CoversEveryMinuteExactlyOnce()
        => Prop.ForAll(
            Gen.Choose(0, 10_000).Two().ToArbitrary(),
            span =>
            {
                var (from, to) = (Math.Min(span.Item1, span.Item2), Math.Max(span.Item1, span.Item2));
                var minutes = RollupCover.Of(from, to, oldestMinute: 0).SelectMany(range =>
                {
                    var unit = range.Table switch { "usage_days" => 1440, "usage_hours" => 60, _ => 1 };
                    return Enumerable.Range((int)range.From * unit, (int)(range.To - range.From) * unit);
                });
                return minutes.SequenceEqual(Enumerable.Range(from, to - from));
            }).QuickCheckThrowOnFailure();
}
