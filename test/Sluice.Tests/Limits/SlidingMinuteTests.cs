using FsCheck;
using FsCheck.Fluent;
using Sluice.Limits;

namespace Sluice.Tests.Limits;

public sealed class SlidingMinuteTests
{
    private const long Start = 1_000_000_250;
    private const long Limit = 9;

    /// <summary>Steps in time with an amount asked for, against a list of all that was taken.</summary>
    [Fact]
    public void WouldExceed_AnyCalls_NeverMoreThanTheLimitInAnyMinute()
    {
        var pauses = Gen.OneOf(Gen.Choose(0, 900), Gen.Choose(0, 20_000), Gen.Elements(0, 1, 999, 1_000, 59_999, 60_000, 60_001, 61_000, 200_000));
        var calls = pauses.SelectMany(pause => Gen.Choose(1, 4).Select(amount => (Pause: pause, Amount: amount))).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(calls.ToArbitrary(), sample =>
        {
            var window = new SlidingMinute();
            var taken = new List<(long At, long Amount)>();
            var now = Start;
            foreach (var (pause, amount) in sample)
            {
                now += pause;
                window.Advance(now);
                long Since(long from) => taken.Where(one => one.At > from).Sum(one => one.Amount);
                if (window.WouldExceed(amount, Limit))
                {
                    // Careful by the length of a slot at most, and what it says about the future is true.
                    var wait = window.SecondsUntilFits(amount, Limit);
                    var later = Copy(taken);
                    later.Advance(now + (wait * 1000));
                    if (Since(now - 61_000) + amount <= Limit || wait is < 1 or > 60 || later.WouldExceed(amount, Limit))
                    {
                        return false;
                    }
                }
                else
                {
                    window.Add(now, amount);
                    taken.Add((now, amount));
                    if (Since(now - 60_000) > Limit)
                    {
                        return false;
                    }
                }
            }

            return true;
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(749)]
    [InlineData(750)]
    [InlineData(30_000)]
    [InlineData(59_999)]
    public void SecondsUntilFits_AllTakenAtOnce_IsAtMostAMinuteAndTrue(int later)
    {
        var window = At(Start);
        window.Add(Start, 1);
        window.Advance(Start + later);

        var wait = window.SecondsUntilFits(1, 1);

        wait.ShouldBeInRange(1, 60);
        window.Advance(Start + later + ((wait - 1) * 1000));
        window.WouldExceed(1, 1).ShouldBeTrue();
        window.Advance(Start + later + (wait * 1000));
        window.WouldExceed(1, 1).ShouldBeFalse();
    }

    [Fact]
    public void Advance_AMinuteAfterTheLastOfASlot_LetsItGo_NotBefore()
    {
        var window = At(Start);
        window.Add(Start, 1);
        window.Advance(Start + 700);
        window.Add(Start + 700, 1);

        window.Advance(Start + 60_699);
        window.Sum.ShouldBe(2);
        window.Advance(Start + 60_700);
        window.Sum.ShouldBe(0);
    }

    [Fact]
    public void SecondsUntilEmpty_CountsFromTheLastThatWasTaken()
    {
        var window = At(Start);
        window.SecondsUntilEmpty().ShouldBe(0);
        window.Add(Start, 5);
        window.SecondsUntilEmpty().ShouldBe(60);

        window.Advance(Start + 30_000);
        window.SecondsUntilEmpty().ShouldBe(30);

        window.Advance(Start + 60_000);
        window.SecondsUntilEmpty().ShouldBe(0);
        window.Sum.ShouldBe(0);
    }

    [Fact]
    public void GiveBack_ChangesTheSlotWhereItWasTaken()
    {
        var window = At(Start);
        window.Add(Start, 50);
        window.Advance(Start + 30_000);
        window.GiveBack(Start, 20);
        window.Sum.ShouldBe(30);

        window.Advance(Start + 60_000);
        window.Sum.ShouldBe(0);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(60_500)]
    [InlineData(61_000)]
    [InlineData(500_000)]
    public void GiveBack_WhatHasLeft_ChangesNothing(int later)
    {
        var window = At(Start);
        window.Add(Start, 50);
        window.Advance(Start + later);

        window.GiveBack(Start, 20);

        window.Sum.ShouldBe(0);
    }

    [Fact]
    public void Advance_FarAheadOrBack_IsHarmless()
    {
        var window = At(Start);
        window.Add(Start, 5);

        window.Advance(Start - 5000);
        window.Sum.ShouldBe(5);
        window.Add(Start - 3, 1);
        window.Sum.ShouldBe(6);
        window.Advance(long.MaxValue / 2);
        window.Sum.ShouldBe(0);
    }

    private static SlidingMinute At(long now)
    {
        var window = new SlidingMinute();
        window.Advance(now);
        return window;
    }

    private static SlidingMinute Copy(List<(long At, long Amount)> taken)
    {
        var copy = new SlidingMinute();
        foreach (var (at, amount) in taken)
        {
            copy.Advance(at);
            copy.Add(at, amount);
        }

        return copy;
    }
}
