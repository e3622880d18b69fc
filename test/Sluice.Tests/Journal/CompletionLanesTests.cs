using Sluice.Journal;

namespace Sluice.Tests.Journal;

public sealed class CompletionLanesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(2, 500)]
    [InlineData(3, 100_000)]
    public async Task End_ManyWaiters_EachGetsItsOwnNumber(int lanes, int count)
    {
        using var sut = new CompletionLanes(lanes);
        var waiters = Waiters(count);
        var waits = waiters.Select(waiter => waiter.Begin().AsTask()).ToArray();

        sut.End(waiters, first: 7, durable: true);

        (await Task.WhenAll(waits).WaitAsync(Deadline)).ShouldBe(Enumerable.Range(7, count).Select(number => (long)number));
    }

    [Fact]
    public async Task End_RecordsWithoutWaiters_NumbersStillCountThem()
    {
        using var sut = new CompletionLanes(1);
        var waiters = Waiters(40);
        var waits = waiters.Select(waiter => waiter.Begin().AsTask()).ToArray();
        JournalWaiter?[] everySecond = [.. waiters.SelectMany(waiter => new[] { null, waiter })];

        sut.End(everySecond, first: 100, durable: true);

        (await Task.WhenAll(waits).WaitAsync(Deadline)).ShouldBe(Enumerable.Range(0, 40).Select(i => 101L + (2 * i)));
    }

    [Fact]
    public async Task End_Refused_EveryWaitEndsWithMinusOne()
    {
        using var sut = new CompletionLanes(2);
        var waiters = Waiters(100);
        var waits = waiters.Select(waiter => waiter.Begin().AsTask()).ToArray();

        sut.End(waiters, first: 1, durable: false);

        (await Task.WhenAll(waits).WaitAsync(Deadline)).ShouldAllBe(number => number == -1);
    }

    [Fact]
    public async Task End_MoreThanAFew_GoesOnElsewhereWhileTheCommitterReturns()
    {
        using var sut = new CompletionLanes(1);
        using var release = new ManualResetEventSlim();
        var waiters = Waiters(10);
        var blocked = waiters[0].Begin().AsTask().ContinueWith(
            _ => release.Wait(Deadline), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var rest = waiters[1..].Select(waiter => waiter.Begin().AsTask()).ToArray();

        // Inline, this would not return before the first continuation does.
        sut.End(waiters, first: 1, durable: true);

        blocked.IsCompleted.ShouldBeFalse();
        release.Set();
        (await blocked.WaitAsync(Deadline)).ShouldBeTrue();
        await Task.WhenAll(rest).WaitAsync(Deadline);
    }

    [Fact]
    public async Task End_AgainAndAgainFromOneThread_NoneIsLost()
    {
        using var sut = new CompletionLanes(2);
        var waiter = Waiters(64);
        for (var round = 0; round < 2_000; round++)
        {
            var waits = Array.ConvertAll(waiter, one => one.Begin());
            sut.End(waiter, first: round, durable: true);
            for (var i = 0; i < waits.Length; i++)
            {
                (await waits[i].AsTask().WaitAsync(Deadline)).ShouldBe(round + i);
            }
        }
    }

    private static JournalWaiter[] Waiters(int count) => [.. Enumerable.Range(0, count).Select(_ => new JournalWaiter())];
}
