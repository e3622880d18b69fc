using FsCheck;
using FsCheck.Fluent;
using Sluice.Limits;

namespace Sluice.Tests.Limits;

public sealed class SlidingMinuteTests
{
    /// <summary>Steps in time with an amount asked for, against a list of all that was taken.</summary>
    [Fact]
    public void WouldExceed_AnyCalls_NeverMoreThanTheLimitInAnyMinute()
    {
        var calls = Gen.Choose(0, 20).SelectMany(pause => Gen.Choose(1, 4).Select(amount => (Pause: pause, Amount: amount))).ListOf();
        Prop.ForAll(calls.ToArbitrary(), sample =>
        {
            const long limit = 9;
            var window = new SlidingMinute();
            var taken = new List<(long Second, long Amount)>();
            long second = 1_000_000;
            foreach (var (pause, amount) in sample)
            {
                second += pause;
                window.Advance(second);

                // Sixty seconds that end anywhere within this second began within the second sixty before.
                var model = taken.Where(one => one.Second >= second - 59).Sum(one => one.Amount);
                if (window.Sum != model || window.WouldExceed(amount, limit) != model + amount > limit)
                {
                    return false;
                }

                if (!window.WouldExceed(amount, limit))
                {
                    window.Add(second, amount);
                    taken.Add((second, amount));
                }
                else
                {
                    // What it says about the future is what the list says.
                    var wait = window.SecondsUntilFits(amount, limit);
                    long Later(int by) => taken.Where(one => one.Second >= second + by - 59).Sum(one => one.Amount);
                    if (Later(wait) + amount > limit || (wait > 1 && Later(wait - 1) + amount <= limit))
                    {
                        return false;
                    }
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SecondsUntilFits_AllTakenInThisSecond_IsWhenThisSecondHasLeft()
    {
        var window = At(100);
        window.Add(100, 1);

        var wait = window.SecondsUntilFits(1, 1);

        window.Advance(100 + wait - 1);
        window.WouldExceed(1, 1).ShouldBeTrue();
        window.Advance(100 + wait);
        window.WouldExceed(1, 1).ShouldBeFalse();
    }

    [Fact]
    public void SecondsUntilEmpty_CountsFromTheNewestSlot()
    {
        var window = At(100);
        window.SecondsUntilEmpty().ShouldBe(0);
        window.Add(100, 5);
        window.SecondsUntilEmpty().ShouldBe(60);

        window.Advance(130);
        window.SecondsUntilEmpty().ShouldBe(30);

        window.Advance(160);
        window.SecondsUntilEmpty().ShouldBe(0);
        window.Sum.ShouldBe(0);
    }

    [Fact]
    public void Add_Correction_ChangesTheSlotWhereItWasTaken()
    {
        var window = At(100);
        window.Add(100, 50);
        window.Advance(130);
        window.Add(100, -20);
        window.Sum.ShouldBe(30);

        window.Advance(160);
        window.Sum.ShouldBe(0);
    }

    [Fact]
    public void Add_ToASecondThatHasLeft_ChangesNothing()
    {
        var window = At(100);
        window.Advance(160);

        window.Add(100, -20);

        window.Sum.ShouldBe(0);
    }

    [Fact]
    public void Advance_FarAheadOrBack_IsHarmless()
    {
        var window = At(100);
        window.Add(100, 5);

        window.Advance(99);
        window.Sum.ShouldBe(5);
        window.Advance(long.MaxValue / 2);
        window.Sum.ShouldBe(0);
    }

    private static SlidingMinute At(long second)
    {
        var window = new SlidingMinute();
        window.Advance(second);
        return window;
    }
}
