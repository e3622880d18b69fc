using Microsoft.AspNetCore.Http.Features;
using Sluice.Pipeline;
using Sluice.Providers.Transport;
using Sluice.TestKit.Raw;

namespace Sluice.Tests.Pipeline;

public sealed class CallDeadlineTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CallFixture _fixture = new();

    [Theory]
    [InlineData(nameof(CallPhase.Connect))]
    [InlineData(nameof(CallPhase.FirstToken))]
    [InlineData(nameof(CallPhase.Idle))]
    [InlineData(nameof(CallPhase.Write))]
    public void Enter_TimePasses_ExpiresInThatPhase(string name)
    {
        var phase = Enum.Parse<CallPhase>(name);
        var call = _fixture.Call();
        call.Enter(phase, Second);

        _fixture.Time.Advance(Second - TimeSpan.FromMilliseconds(1));
        call.Expired.ShouldBe(CallPhase.None);

        _fixture.Pass(TimeSpan.Zero);
        call.Expired.ShouldBe(phase);
    }

    /// <summary>The watchdog's clock is up to a tick old; a deadline must not pass early for that.</summary>
    [Fact]
    public void Enter_JustBeforeATick_IsNotExpiredByIt()
    {
        var call = _fixture.Call();
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(95));
        call.Enter(CallPhase.Connect, TimeSpan.FromMilliseconds(100));

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(99));

        call.Expired.ShouldBe(CallPhase.None);
    }

    [Fact]
    public void Enter_NextPhaseInTime_StartsItsTimeAnew()
    {
        var call = _fixture.Call();
        for (var i = 0; i < 10; i++)
        {
            call.Enter(CallPhase.Idle, Second);
            _fixture.Time.Advance(Second * 0.8);
        }

        call.Expired.ShouldBe(CallPhase.None);
    }

    [Fact]
    public void BoundTotal_PhasesOneAfterTheOther_DoNotExtendIt()
    {
        var call = _fixture.Call();
        call.BoundTotal(Second * 3);
        for (var i = 0; i < 5; i++)
        {
            call.Enter(CallPhase.Idle, Second);
            _fixture.Time.Advance(Second * 0.7);
        }

        call.Expired.ShouldBe(CallPhase.Total);
    }

    [Fact]
    public void BeginAttempt_AfterAnAttemptsDeadline_ForgetsItButNotTheTotal()
    {
        var call = _fixture.Call();
        var target = _fixture.Target();
        call.BoundTotal(Second * 3);
        call.Enter(CallPhase.FirstToken, Second);
        _fixture.Pass(Second);
        call.Expired.ShouldBe(CallPhase.FirstToken);

        call.BeginAttempt(target, target.Provider.Slots[0]);
        call.Expired.ShouldBe(CallPhase.None);

        _fixture.Pass(Second * 2);
        call.Expired.ShouldBe(CallPhase.Total);
        call.BeginAttempt(target, target.Provider.Slots[0]);
        call.Expired.ShouldBe(CallPhase.Total);
    }

    [Fact]
    public void Watch_CallHangsAfterItsLastDeadline_GivesItsLeaseBack()
    {
        var call = _fixture.Call();
        var slot = _fixture.Target().Provider.Slots[0];
        call.BoundTotal(Second * 3);
        call.Lease = slot.TryLease(_fixture.Time.GetTimestamp()).ShouldNotBeNull();

        _fixture.Pass(Second * 4);
        call.Expired.ShouldBe(CallPhase.Total);
        slot.Health.InFlight.ShouldBe(1, "a call that has just been ended gives it back itself");

        _fixture.Pass(TimeSpan.FromMinutes(1));
        slot.Health.InFlight.ShouldBe(0);
        call.Lease.Release();
        slot.Health.InFlight.ShouldBe(0, "the call's own release comes too late and counts no more");
    }

    [Fact]
    public void OnClientGone_LaterPhases_DoNotExtendTheDrain()
    {
        var call = _fixture.Call(detachedDrain: Second * 2);
        call.OnClientGone();
        call.ClientGone.ShouldBeTrue();
        for (var i = 0; i < 4; i++)
        {
            call.Enter(CallPhase.Idle, TimeSpan.FromMinutes(5));
            call.KeepAliveAfter(TimeSpan.FromMinutes(1));
            _fixture.Time.Advance(Second * 0.6);
        }

        call.Expired.ShouldBe(CallPhase.Detached);
    }

    [Fact]
    public void OnClientGone_Twice_DoesNotExtendTheDrain()
    {
        var call = _fixture.Call(detachedDrain: Second * 2);
        call.OnClientGone();
        _fixture.Time.Advance(Second);
        call.OnClientGone();

        _fixture.Pass(Second);

        call.Expired.ShouldBe(CallPhase.Detached);
    }

    [Fact]
    public void OnClientGone_PhaseThatEndsBefore_IsNotWaitedLongerFor()
    {
        var call = _fixture.Call(detachedDrain: Second * 10);
        call.Enter(CallPhase.Idle, Second);
        call.OnClientGone();

        _fixture.Pass(Second);

        call.Expired.ShouldBe(CallPhase.Detached);
    }

    /// <summary>All of these set deadlines without a lock, on threads of their own; none may undo another's.</summary>
    [Fact]
    public async Task OnClientGone_WhileOthersSetDeadlines_IsNeverForgotten()
    {
        for (var round = 0; round < 300; round++)
        {
            using var fixture = new CallFixture();
            var call = fixture.Call(detachedDrain: Second);
            using var start = new Barrier(3);
            await Task.WhenAll(
                Task.Run(() => Run(() => call.Enter(CallPhase.Idle, TimeSpan.FromHours(1)))),
                Task.Run(() => Run(() => call.KeepAliveAfter(TimeSpan.FromHours(1)))),
                Task.Run(() => Run(call.OnClientGone)));

            fixture.Pass(Second);

            call.Expired.ShouldBe(CallPhase.Detached);

            void Run(Action set)
            {
                start.SignalAndWait();
                for (var i = 0; i < 20; i++)
                {
                    set();
                }
            }
        }
    }

    [Fact]
    public async Task Expire_WithAConnectionInUse_AbortsIt()
    {
        await using var upstream = RawUpstream.Start(exchange => exchange.WaitForCloseAsync());
        using var transport = new UpstreamTransport(new UpstreamTransportOptions(), TimeProvider.System);
        using var connection = (await transport.Pool(new UpstreamOrigin(false, "127.0.0.1", upstream.Port, null)).ConnectAsync(default)).ShouldNotBeNull();
        var call = _fixture.Call();
        call.Use(connection).ShouldBeTrue();
        call.Enter(CallPhase.FirstToken, Second);
        (await connection.SendAsync("x"u8.ToArray())).ShouldBe(0);
        var reading = connection.ReadHeadAsync().AsTask();

        _fixture.Pass(Second);

        (await reading).ShouldBe(-1);
        connection.Failure.ShouldBe(TransportFailure.Aborted);
    }

    [Fact]
    public async Task Unuse_ThenTimePasses_LeavesTheConnectionToItsNextCall()
    {
        await using var upstream = RawUpstream.Start(exchange => exchange.WaitForCloseAsync());
        using var transport = new UpstreamTransport(new UpstreamTransportOptions(), TimeProvider.System);
        using var connection = (await transport.Pool(new UpstreamOrigin(false, "127.0.0.1", upstream.Port, null)).ConnectAsync(default)).ShouldNotBeNull();
        var call = _fixture.Call();
        call.Use(connection);
        call.Enter(CallPhase.FirstToken, Second);

        call.Unuse();
        _fixture.Pass(Second);

        call.Expired.ShouldBe(CallPhase.None);
        (await connection.SendAsync("x"u8.ToArray())).ShouldBe(0);
    }

    [Fact]
    public void Connect_DeadlinePassesBeforeOrDuring_CancelsIt()
    {
        var call = _fixture.Call();
        call.Enter(CallPhase.Connect, Second);
        var during = call.BeginConnect();
        during.IsCancellationRequested.ShouldBeFalse();

        _fixture.Pass(Second);

        during.IsCancellationRequested.ShouldBeTrue();
        call.EndConnect();
        call.BeginConnect().IsCancellationRequested.ShouldBeTrue();
        call.EndConnect();
        call.EndConnect();
    }

    [Fact]
    public void Expire_WhileWriting_AbortsTheClient()
    {
        var lifetime = new Lifetime();
        _fixture.Http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var call = _fixture.Call();
        call.Enter(CallPhase.Idle, Second);
        _fixture.Time.Advance(Second / 2);
        lifetime.Aborted.ShouldBeFalse();

        call.Enter(CallPhase.Write, Second);
        _fixture.Pass(Second);

        lifetime.Aborted.ShouldBeTrue();
    }

    [Fact]
    public void KeepAliveAfter_Silence_SendsOneEachTimeItIsAskedFor()
    {
        var sent = 0;
        var call = _fixture.Call();
        call.SendKeepAlive = one =>
        {
            sent++;
            if (sent < 3)
            {
                one.KeepAliveAfter(Second);
            }

            return Task.CompletedTask;
        };
        call.KeepAliveAfter(Second);
        _fixture.Time.Advance(Second * 0.9);
        sent.ShouldBe(0);

        _fixture.Time.Advance(Second * 0.3);
        sent.ShouldBe(1);
        _fixture.Pass(Second * 10);
        sent.ShouldBe(3);
    }

    [Fact]
    public void KeepAliveAfter_ZeroOrMoved_SendsNothingBefore()
    {
        var sent = 0;
        var call = _fixture.Call();
        call.SendKeepAlive = _ => Task.FromResult(sent++);
        call.KeepAliveAfter(Second);
        call.KeepAliveAfter(TimeSpan.Zero);
        _fixture.Pass(Second * 5);
        sent.ShouldBe(0);

        for (var i = 0; i < 5; i++)
        {
            call.KeepAliveAfter(Second);
            _fixture.Time.Advance(Second * 0.7);
        }

        sent.ShouldBe(0);
    }

    [Fact]
    public void End_ThenTimePasses_DoesNothingAnyMore()
    {
        var sent = 0;
        var lifetime = new Lifetime();
        _fixture.Http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var call = _fixture.Call();
        call.SendKeepAlive = _ => Task.FromResult(sent++);
        call.KeepAliveAfter(Second);
        call.Enter(CallPhase.Write, Second);
        call.BoundTotal(Second);
        call.OnClientGone();

        call.End();
        _fixture.Pass(TimeSpan.FromMinutes(1));

        sent.ShouldBe(0);
        lifetime.Aborted.ShouldBeFalse();
        call.Expired.ShouldBe(CallPhase.None);
    }

    public void Dispose() => _fixture.Dispose();

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public bool Aborted { get; private set; }

        public void Abort() => Aborted = true;
    }
}
