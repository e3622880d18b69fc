using Sluice.Credentials;
using Sluice.Protocol;

namespace Sluice.Tests.Credentials;

public sealed class CredentialHealthTests
{
    private static readonly LeaseCaps NoCaps = new(0);

    private readonly CredentialHealth _health = new();

    [Fact]
    public void At_New_IsReady()
    {
        _health.At(0).ShouldBe(default);
        _health.ConsecutiveErrors.ShouldBe(0);
        _health.LastError.ShouldBeNull();
        _health.ProbeAt.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Fail_WithATime_CoolsUntilThen()
    {
        _health.Fail(Setbacks.Rest(100, forRate: true, "RateLimited 429"));

        _health.At(99).ShouldBe(new CredentialStanding(CredentialState.Cooling, 100, "RateLimited 429", ForRate: true));
        _health.TryTake(NoCaps, CallKind.Text, 99).ShouldBeFalse();
        _health.InFlight.ShouldBe(0);
        _health.StateAt(100).ShouldBe(CredentialState.Ready);
        _health.TryTake(NoCaps, CallKind.Text, 100).ShouldBeTrue();
    }

    [Fact]
    public void Fail_ShorterTime_DoesNotEndALongerOne()
    {
        _health.Fail(Setbacks.Rest(200, forRate: true, "a"));
        _health.Fail(Setbacks.Rest(100, error: "b"));
        _health.Fail(Setbacks.Rest(0, error: "c"));

        _health.At(150).ShouldBe(new CredentialStanding(CredentialState.Cooling, 200, "c", ForRate: true));
        _health.ConsecutiveErrors.ShouldBe(3);
    }

    [Fact]
    public void NoteSuccess_EndsTheRowOfErrorsButNotTheCooling()
    {
        _health.Fail(Setbacks.Rest(200, forRate: true));

        _health.NoteSuccess();

        _health.ConsecutiveErrors.ShouldBe(0);
        _health.StateAt(100).ShouldBe(CredentialState.Cooling);
    }

    [Fact]
    public void Fail_RejectedTwiceInARow_ExpiresUntilAProbeGetsThrough()
    {
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, now: 1));
        _health.StateAt(1).ShouldBe(CredentialState.Ready, "one refusal may be the vendor's slip");
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, now: 2));

        _health.At(1_000_000).State.ShouldBe(CredentialState.Expired);
        _health.At(2).Reason.ShouldNotBeNull().ShouldContain("twice in a row");
        _health.ProbeAt.ShouldBe(12);
        _health.Recover();
        _health.StateAt(13).ShouldBe(CredentialState.Ready);
        _health.ProbeAt.ShouldBe(long.MaxValue);

        // Once more: one refusal is enough now, and the wait is twice as long.
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, now: 20));
        _health.StateAt(20).ShouldBe(CredentialState.Expired);
        _health.ProbeAt.ShouldBe(40);
    }

    [Fact]
    public void Fail_RejectedWithASuccessBetween_DoesNotExpire()
    {
        for (var i = 0; i < 10; i++)
        {
            _health.Fail(Setbacks.Of(SetbackKind.Rejected, now: i));
            _health.NoteSuccess();
        }

        _health.StateAt(10).ShouldBe(CredentialState.Ready);
    }

    [Fact]
    public void Fail_RejectedWhereNothingCanProbe_IsTriedAgainByTime()
    {
        var rules = Setbacks.Rules with { CanProbe = false };
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, 0, rules: rules));
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, 0, rules: rules));

        _health.At(9).ShouldBe(new CredentialStanding(CredentialState.Expired, 10, _health.At(9).Reason, ForRate: false));
        _health.StateAt(10).ShouldBe(CredentialState.Ready);
    }

    [Fact]
    public void Fail_SpentWithAReset_IsLimitedUntilThen()
    {
        _health.Fail(Setbacks.Of(SetbackKind.Spent, now: 0, until: 500));

        _health.At(499).State.ShouldBe(CredentialState.Limited);
        _health.StateAt(500).ShouldBe(CredentialState.Ready);
    }

    [Fact]
    public void Fail_SpentWithoutAReset_IsOutAtOnceAndTriedLessAndLessOften()
    {
        long[] waits = [100, 200, 400, 400];
        var now = 0L;
        foreach (var wait in waits)
        {
            _health.Fail(Setbacks.Of(SetbackKind.Spent, now));
            _health.At(now).State.ShouldBe(CredentialState.Disabled);
            _health.At(now).Until.ShouldBe(now + wait);
            _health.ProbeAt.ShouldBe(long.MaxValue, "a free call says nothing of credit");
            now += wait;
            _health.StateAt(now).ShouldBe(CredentialState.Ready);
        }

        _health.NoteSuccess();
        _health.Fail(Setbacks.Of(SetbackKind.Spent, now));
        _health.At(now).Until.ShouldBe(now + 100);
    }

    [Fact]
    public void Fail_ManyInARowWhileOthersWorked_DisablesIt()
    {
        for (var i = 1; i <= 3; i++)
        {
            _health.StateAt(i).ShouldBe(CredentialState.Ready);
            _health.Fail(Setbacks.Of(SetbackKind.Fault, now: i, rules: Setbacks.Rules with { OthersSucceededAt = 2 }));
        }

        _health.At(3).State.ShouldBe(CredentialState.Disabled);
        _health.At(3).Reason.ShouldNotBeNull().ShouldContain("3 errors in a row");
        _health.ProbeAt.ShouldBe(13);
        _health.ProbeAgain(33);
        _health.ProbeAt.ShouldBe(33);
    }

    [Fact]
    public void Fail_ManyInARowForEverybody_IsTheVendorsFault()
    {
        for (var i = 1; i <= 100; i++)
        {
            // The last success of the pool lies before the row began.
            _health.Fail(Setbacks.Of(SetbackKind.Fault, now: i, rules: Setbacks.Rules with { OthersSucceededAt = 1 }));
        }

        _health.StateAt(101).ShouldBe(CredentialState.Ready);
    }

    [Fact]
    public void Fail_DisableAfterZero_NeverDisables()
    {
        for (var i = 1; i <= 100; i++)
        {
            _health.Fail(Setbacks.Of(SetbackKind.Fault, now: i, rules: Setbacks.Rules with { DisableAfter = 0, OthersSucceededAt = 1000 }));
        }

        _health.StateAt(101).ShouldBe(CredentialState.Ready);
    }

    [Fact]
    public void Limit_UsedUpWindow_GoesBeforeCooling()
    {
        _health.Fail(Setbacks.Rest(300));
        _health.Limit(200, "its requests are used up");

        _health.At(100).ShouldBe(new CredentialStanding(CredentialState.Limited, 200, "its requests are used up", ForRate: true));
        _health.StateAt(250).ShouldBe(CredentialState.Cooling);
    }

    [Theory]
    [InlineData(nameof(CredentialState.Disabled))]
    [InlineData(nameof(CredentialState.Draining))]
    [InlineData(nameof(CredentialState.Expired))]
    public void Set_ByHand_WinsOverCoolingAndTakesNothingNew(string name)
    {
        var state = Enum.Parse<CredentialState>(name);
        _health.TryTake(NoCaps, CallKind.Text, 0).ShouldBeTrue();
        _health.Fail(Setbacks.Rest(200));

        _health.Set(state, "because");

        _health.At(100).ShouldBe(new CredentialStanding(state, long.MaxValue, "because", ForRate: false));
        _health.StateAt(300).ShouldBe(state);
        _health.TryTake(NoCaps, CallKind.Text, 300).ShouldBeFalse();
        _health.InFlight.ShouldBe(1);
        _health.ProbeAt.ShouldBe(long.MaxValue);
        _health.Recover();
        _health.StateAt(300).ShouldBe(state, "what is set by hand is undone by hand");
    }

    [Fact]
    public void Fail_AfterItWasDisabledByHand_DoesNotBringItBackByItself()
    {
        _health.Set(CredentialState.Disabled, "because");
        _health.Fail(Setbacks.Of(SetbackKind.Spent, now: 0));
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, now: 0));
        _health.Fail(Setbacks.Of(SetbackKind.Rejected, now: 0));

        _health.At(1_000_000).ShouldBe(new CredentialStanding(CredentialState.Disabled, long.MaxValue, "because", ForRate: false));
    }

    [Fact]
    public void Set_Ready_EndsEverything()
    {
        _health.Fail(Setbacks.Rest(200));
        _health.Limit(300, "used up");
        _health.Set(CredentialState.Disabled, "because");

        _health.Set(CredentialState.Ready, null);

        _health.At(100).ShouldBe(default);
        _health.ConsecutiveErrors.ShouldBe(0);
    }

    [Fact]
    public void TryTake_Kinds_HaveTheirOwnPlacesWithinAll()
    {
        var caps = new LeaseCaps(All: 4, Image: 2, Video: 1);

        _health.TryTake(caps, CallKind.Video, 0).ShouldBeTrue();
        _health.TryTake(caps, CallKind.Video, 0).ShouldBeFalse();
        _health.TryTake(caps, CallKind.Image, 0).ShouldBeTrue();
        _health.TryTake(caps, CallKind.Image, 0).ShouldBeTrue();
        _health.TryTake(caps, CallKind.Image, 0).ShouldBeFalse();
        _health.TryTake(caps, CallKind.Text, 0).ShouldBeTrue();
        _health.TryTake(caps, CallKind.Text, 0).ShouldBeFalse("all four are taken");
        _health.GiveBack(caps, CallKind.Image);
        _health.TryTake(caps, CallKind.Video, 0).ShouldBeFalse();
        _health.TryTake(caps, CallKind.Text, 0).ShouldBeTrue();
        _health.InFlight.ShouldBe(4);
    }
}
