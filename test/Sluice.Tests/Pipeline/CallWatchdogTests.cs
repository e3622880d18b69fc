using Sluice.Pipeline;

namespace Sluice.Tests.Pipeline;

public sealed class CallWatchdogTests : IDisposable
{
    private readonly CallFixture _fixture = new();

    [Fact]
    public void Remove_InAnyOrder_KeepsTheOthersWatched()
    {
        GatewayCall[] calls = [.. Enumerable.Range(0, 200).Select(_ => _fixture.Call())];
        foreach (var call in calls)
        {
            call.Enter(CallPhase.Idle, TimeSpan.FromSeconds(1));
        }

        var random = new Random(1);
        random.Shuffle(calls);
        foreach (var call in calls[..150])
        {
            _fixture.Watchdog.Remove(call);
        }

        _fixture.Watchdog.Count.ShouldBe(50);
        _fixture.Pass(TimeSpan.FromSeconds(1));

        calls[..150].ShouldAllBe(call => call.Expired == CallPhase.None);
        calls[150..].ShouldAllBe(call => call.Expired == CallPhase.Idle);
    }

    [Fact]
    public async Task AddAndRemove_FromManyTasksWhileTimePasses_LeavesNothing()
    {
        using var fixture = new CallFixture();
        using var stop = new CancellationTokenSource();
        var ticking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var call = fixture.Call();
                call.Enter(CallPhase.Idle, TimeSpan.FromMilliseconds(50));
                call.Unuse();
                call.End();
                fixture.Watchdog.Remove(call);
            }
        })));

        await stop.CancelAsync();
        await ticking;
        fixture.Watchdog.Count.ShouldBe(0);
    }

    [Fact]
    public void After_IsNeverBeforeItsTime()
    {
        foreach (var milliseconds in (int[])[0, 1, 50, 99, 100, 150])
        {
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            _fixture.Watchdog.After(TimeSpan.FromSeconds(1)).ShouldBeGreaterThanOrEqualTo(_fixture.Time.GetTimestamp() + TimeSpan.TicksPerSecond);
        }
    }

    public void Dispose() => _fixture.Dispose();
}
