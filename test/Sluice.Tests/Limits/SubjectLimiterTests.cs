using Sluice.Configuration;
using Sluice.Limits;

namespace Sluice.Tests.Limits;

public sealed class SubjectLimiterTests
{
    private const long Start = 5_000_400;

    [Fact]
    public void Acquire_NoLimits_LetsEverythingIn()
    {
        var limiter = new SubjectLimiter(new LimitsConfig());

        for (var i = 0; i < 1000; i++)
        {
            Acquire(limiter).Refused.ShouldBe(LimitKind.None);
        }

        limiter.InFlight.ShouldBe(1000);
    }

    [Fact]
    public void Acquire_RequestsUsedUp_IsRefusedWithATrueRetryAfter()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = 2 });
        Acquire(limiter, at: Start).Requests!.Value.Remaining.ShouldBe(1);
        Acquire(limiter, at: Start + 10_000).Requests!.Value.Remaining.ShouldBe(0);

        var refused = Acquire(limiter, at: Start + 20_000);

        refused.Refused.ShouldBe(LimitKind.Requests);
        refused.Requests!.Value.Remaining.ShouldBe(0);
        Acquire(limiter, at: Start + 20_000 + ((refused.RetryAfterSeconds - 1) * 1000)).Refused.ShouldBe(LimitKind.Requests);
        Acquire(limiter, at: Start + 20_000 + (refused.RetryAfterSeconds * 1000)).Refused.ShouldBe(LimitKind.None);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 59_999)]
    [InlineData(5, 0)]
    public void Acquire_RefusedAtAnyTime_FitsAfterTheRetryAfter(int rpm, int later)
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = rpm });
        for (var i = 0; i < rpm; i++)
        {
            Acquire(limiter, at: Start).Refused.ShouldBe(LimitKind.None);
        }

        var refused = Acquire(limiter, at: Start + later);

        refused.RetryAfterSeconds.ShouldBeInRange(1, 60);
        Acquire(limiter, at: Start + later + (refused.RetryAfterSeconds * 1000)).Refused.ShouldBe(LimitKind.None);
    }

    [Fact]
    public void Acquire_RefusedCalls_DoNotCount()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = 1, Tpm = 100, Concurrency = 1 });
        Acquire(limiter, 10, 10, Start, out var reserved).Refused.ShouldBe(LimitKind.None);

        for (var i = 0; i < 50; i++)
        {
            Acquire(limiter, at: Start + 30_000).Refused.ShouldNotBe(LimitKind.None);
        }

        limiter.InFlight.ShouldBe(1);
        limiter.Release(reserved, 20, Start, Start + 30_000);
        limiter.InFlight.ShouldBe(0);
        Acquire(limiter, 50, 50, Start + 60_000).Refused.ShouldBe(LimitKind.None);
    }

    [Theory]
    [InlineData(1, 1000, 10, nameof(LimitKind.Requests))]
    [InlineData(10, 20, 10, nameof(LimitKind.Tokens))]
    [InlineData(10, 1000, 1, nameof(LimitKind.Concurrency))]
    public void Acquire_OneLimitInTheWay_TakesNothingOfTheOthers(long rpm, long tpm, long concurrency, string refused)
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = rpm, Tpm = tpm, Concurrency = concurrency });
        var first = Acquire(limiter, 10, 5);
        first.Refused.ShouldBe(LimitKind.None);

        var second = Acquire(limiter, 10, 5);

        second.Refused.ToString().ShouldBe(refused);
        second.Requests!.Value.Remaining.ShouldBe(first.Requests!.Value.Remaining);
        second.Tokens!.Value.Remaining.ShouldBe(first.Tokens!.Value.Remaining);
        second.RetryAfterSeconds.ShouldBeGreaterThanOrEqualTo(1);
        limiter.InFlight.ShouldBe(1);
    }

    [Fact]
    public void Acquire_LargerThanTheWholeLimit_IsLetInAlone()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Tpm = 100 });

        Acquire(limiter, 5_000, 5_000).Refused.ShouldBe(LimitKind.None);

        Acquire(limiter, 1, 0).Refused.ShouldBe(LimitKind.Tokens);
    }

    [Fact]
    public void Acquire_TheLargestOfNumbersAsBound_ReservesTheWholeLimit()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Tpm = 100 });

        Acquire(limiter, 10, long.MaxValue, Start, out var reserved).Refused.ShouldBe(LimitKind.None);

        reserved.ShouldBe(100);
    }

    [Fact]
    public void Acquire_NoBoundStated_HoldsPartOfWhatIsLeft()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Tpm = 500 });

        Acquire(limiter, 100, -1, Start, out var reserved).Tokens!.Value.Remaining.ShouldBe(0);

        reserved.ShouldBe(500);
        limiter.Release(reserved, 130, Start, Start);
        Acquire(limiter, 370, 0).Tokens!.Value.Remaining.ShouldBe(0);
    }

    [Fact]
    public void Release_UsedLessThanReserved_GivesTheRestBack()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Tpm = 1000 });
        Acquire(limiter, 100, 900, Start, out var reserved).Refused.ShouldBe(LimitKind.None);
        Acquire(limiter, 1, 0).Refused.ShouldBe(LimitKind.Tokens);

        limiter.Release(reserved, 150, Start, Start + 5_000);

        var next = Acquire(limiter, 850, 0, Start + 5_000, out _);
        next.Refused.ShouldBe(LimitKind.None);
        next.Tokens!.Value.Remaining.ShouldBe(0);
    }

    [Fact]
    public void Release_UsedMoreThanReserved_CountsTheRest()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Tpm = 1000 });
        Acquire(limiter, 10, 10, Start, out var reserved).Refused.ShouldBe(LimitKind.None);

        limiter.Release(reserved, 2_000, Start, Start + 5_000);

        Acquire(limiter, 1, 0, Start + 5_000).Refused.ShouldBe(LimitKind.Tokens);
    }

    [Fact]
    public void Release_CallOutlivedTheWindow_StillCountsWhatItUsed()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Tpm = 10_000 });
        Acquire(limiter, 10, -1, Start, out var reserved).Refused.ShouldBe(LimitKind.None);

        limiter.Release(reserved, 50_000, Start, Start + 90_000);

        Acquire(limiter, 1, 0, Start + 90_000).Refused.ShouldBe(LimitKind.Tokens);
    }

    [Fact]
    public void Update_NewBounds_KeepsTheCounts()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = 5, Tpm = 100 });
        Acquire(limiter, 20, 20);
        Acquire(limiter, 20, 20);

        limiter.Update(new LimitsConfig { Rpm = 2, Tpm = 100 });

        Acquire(limiter).Refused.ShouldBe(LimitKind.Requests);
        limiter.Update(new LimitsConfig { Rpm = 3, Tpm = 100 });
        Acquire(limiter, 20, 1).Refused.ShouldBe(LimitKind.Tokens);
        Acquire(limiter, 10, 10).Tokens!.Value.Remaining.ShouldBe(0);
    }

    [Fact]
    public void Update_LimitOffAndOnAgain_CountsWhatCameInBetween()
    {
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = 3, Tpm = 1000 });
        Acquire(limiter, at: Start);

        limiter.Update(new LimitsConfig { Tpm = 1000 });
        Acquire(limiter, at: Start + 20_000);
        Acquire(limiter, at: Start + 40_000);
        limiter.Update(new LimitsConfig { Rpm = 3, Tpm = 1000 });

        Acquire(limiter, at: Start + 50_000).Refused.ShouldBe(LimitKind.Requests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public async Task AcquireAndRelease_FromManyTasks_NeverExceedsAndNeverLeaks(long? rpm)
    {
        const int most = 7;
        var limiter = new SubjectLimiter(new LimitsConfig { Rpm = rpm, Concurrency = most });
        var running = 0;
        var highest = 0;
        var admitted = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                if (Acquire(limiter, 1, 1, Start, out var reserved).Refused != LimitKind.None)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref highest, now);
                Interlocked.Increment(ref admitted);
                Thread.Yield();
                Interlocked.Decrement(ref running);
                limiter.Release(reserved, 1, Start, Start);
            }
        })));

        limiter.InFlight.ShouldBe(0);
        highest.ShouldBeLessThanOrEqualTo(most);
        admitted.ShouldBeGreaterThan(0);
        for (var i = 0; i < most; i++)
        {
            Acquire(limiter).Refused.ShouldBe(LimitKind.None);
        }

        Acquire(limiter).Refused.ShouldBe(LimitKind.Concurrency);
    }

    private static LimitDecision Acquire(SubjectLimiter limiter, long input = 1, long output = 1, long at = Start) => limiter.Acquire(new LimitDemand(input, output, at), out _);

    private static LimitDecision Acquire(SubjectLimiter limiter, long input, long output, long at, out long reserved) => limiter.Acquire(new LimitDemand(input, output, at), out reserved);

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = Volatile.Read(ref place); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref place, value, seen) is var before && before == seen ? value : before;
        }
    }
}
