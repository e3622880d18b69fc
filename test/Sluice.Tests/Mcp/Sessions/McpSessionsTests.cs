using Sluice.Mcp.Sessions;
using Sluice.TestKit;

namespace Sluice.Tests.Mcp.Sessions;

public sealed class McpSessionsTests
{
    private readonly FakeTime _time = new();
    private readonly McpSessions _sut;

    public McpSessionsTests() => _sut = new McpSessions(_time);

    [Fact]
    public void Find_OtherKey_FindsNothing()
    {
        var session = _sut.Begin("mine").ShouldNotBeNull();

        _sut.Find(session.Id, "mine").ShouldBeSameAs(session);
        _sut.Find(session.Id, "yours").ShouldBeNull();
    }

    [Fact]
    public void Find_UnusedForLong_HasEnded()
    {
        var (used, unused) = (_sut.Begin("k")!, _sut.Begin("k")!);
        _time.Advance(McpSessions.Idle);
        _sut.Find(used.Id, "k").ShouldNotBeNull();

        _time.Advance(TimeSpan.FromSeconds(1));

        _sut.Find(used.Id, "k").ShouldNotBeNull();
        _sut.Find(unused.Id, "k").ShouldBeNull();
        unused.Ended.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Begin_ManySessionsOfAKey_EndsTheOldestUnused()
    {
        var first = _sut.Begin("k")!;
        using var stream = new CancellationTokenSource();
        first.TakeStream(stream);
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = _sut.Begin("k")!;
        var others = _sut.Begin("other")!;
        for (var i = 2; i < McpSessions.MostPerKey; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _sut.Begin("k").ShouldNotBeNull();
        }

        _sut.Begin("k").ShouldNotBeNull();

        _sut.Find(second.Id, "k").ShouldBeNull();
        _sut.Find(first.Id, "k").ShouldNotBeNull();
        _sut.Find(others.Id, "other").ShouldNotBeNull();
        _sut.Count.ShouldBe(McpSessions.MostPerKey + 1);
    }

    [Fact]
    public void Begin_AllOfAKeyInUse_IsRefused()
    {
        using var stream = new CancellationTokenSource();
        for (var i = 0; i < McpSessions.MostPerKey; i++)
        {
            _sut.Begin("k")!.TakeStream(stream);
        }

        _sut.Begin("k").ShouldBeNull();
        _sut.Begin("other").ShouldNotBeNull();
    }

    [Fact]
    public void Cancel_RunningRequest_IsCancelledOnceAndById()
    {
        var session = _sut.Begin("k")!;
        using var running = new CancellationTokenSource();
        session.Begin("1", running).ShouldBeTrue();
        session.Begin("1", running).ShouldBeFalse();

        session.Cancel("\"1\"");
        running.IsCancellationRequested.ShouldBeFalse();
        session.Cancel("1");

        running.IsCancellationRequested.ShouldBeTrue();
        session.IsBusy.ShouldBeFalse();
    }
}
