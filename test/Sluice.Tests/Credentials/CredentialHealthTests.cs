using Sluice.Credentials;

namespace Sluice.Tests.Credentials;

public sealed class CredentialHealthTests
{
    private readonly CredentialHealth _health = new();

    [Fact]
    public void StateAt_New_IsReady()
    {
        _health.StateAt(0).ShouldBe(CredentialState.Ready);
        _health.ConsecutiveErrors.ShouldBe(0);
        _health.LastError.ShouldBeNull();
    }

    [Fact]
    public void NoteFailure_WithATime_CoolsUntilThen()
    {
        _health.NoteFailure("RateLimited 429", coolUntil: 100, forRate: true);

        _health.StateAt(99).ShouldBe(CredentialState.Cooling);
        _health.TryLease(0, 99).ShouldBeFalse();
        _health.InFlight.ShouldBe(0);
        _health.StateAt(100).ShouldBe(CredentialState.Ready);
        _health.TryLease(0, 100).ShouldBeTrue();
        _health.CoolsForRate.ShouldBeTrue();
        _health.LastError.ShouldBe("RateLimited 429");
    }

    [Fact]
    public void NoteFailure_ShorterTime_DoesNotEndALongerOne()
    {
        _health.NoteFailure("a", 200, forRate: true);
        _health.NoteFailure("b", 100, forRate: false);
        _health.NoteFailure("c", 0, forRate: false);

        _health.CoolingUntil.ShouldBe(200);
        _health.CoolsForRate.ShouldBeTrue();
        _health.ConsecutiveErrors.ShouldBe(3);
        _health.LastError.ShouldBe("c");
    }

    [Fact]
    public void NoteSuccess_EndsTheRowOfErrorsButNotTheCooling()
    {
        _health.NoteFailure("a", 200, forRate: true);

        _health.NoteSuccess();

        _health.ConsecutiveErrors.ShouldBe(0);
        _health.StateAt(100).ShouldBe(CredentialState.Cooling);
    }

    [Theory]
    [InlineData(nameof(CredentialState.Disabled))]
    [InlineData(nameof(CredentialState.Draining))]
    [InlineData(nameof(CredentialState.Expired))]
    public void Set_ByHand_WinsOverCoolingAndTakesNothingNew(string name)
    {
        var state = Enum.Parse<CredentialState>(name);
        _health.TryLease(0, 0).ShouldBeTrue();
        _health.NoteFailure("a", 200, forRate: true);

        _health.Set(state, "because");

        _health.StateAt(100).ShouldBe(state);
        _health.StateAt(300).ShouldBe(state);
        _health.Reason.ShouldBe("because");
        _health.TryLease(0, 300).ShouldBeFalse();
        _health.InFlight.ShouldBe(1);
    }

    [Fact]
    public void Set_Ready_EndsEverything()
    {
        _health.NoteFailure("a", 200, forRate: true);
        _health.Set(CredentialState.Disabled, "because");

        _health.Set(CredentialState.Ready, null);

        _health.StateAt(100).ShouldBe(CredentialState.Ready);
        _health.ConsecutiveErrors.ShouldBe(0);
        _health.Reason.ShouldBeNull();
    }

    [Fact]
    public async Task TryLease_FromManyTasks_NeverExceedsItsBoundAndNeverLeaks()
    {
        const int most = 5;
        var running = 0;
        var tooMany = 0;
        var leased = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (!_health.TryLease(most, 0))
                {
                    continue;
                }

                if (Interlocked.Increment(ref running) > most)
                {
                    Interlocked.Increment(ref tooMany);
                }

                Interlocked.Increment(ref leased);
                Thread.Yield();
                Interlocked.Decrement(ref running);
                _health.Release();
            }
        })));

        tooMany.ShouldBe(0);
        leased.ShouldBeGreaterThan(0);
        _health.InFlight.ShouldBe(0);
        Enumerable.Range(0, most + 1).Count(_ => _health.TryLease(most, 0)).ShouldBe(most);
    }
}
