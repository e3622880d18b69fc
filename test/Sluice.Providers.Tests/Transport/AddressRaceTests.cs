using System.Collections.Concurrent;
using System.Net;
using Sluice.Providers.Transport;
using Sluice.TestKit;

namespace Sluice.Providers.Tests.Transport;

public sealed class AddressRaceTests : IDisposable
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::6");

    private readonly FakeTime _time = new();
    private readonly ConcurrentDictionary<IPAddress, TaskCompletionSource<Connection?>> _attempts = new();
    private readonly ConcurrentQueue<IPAddress> _order = new();
    private readonly CancellationTokenSource _deadline = new();

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Run_FirstAnswers_TriesNoOther()
    {
        var race = RunAsync(One, Two);
        var connection = Answer(One);

        (await race).ShouldBeSameAs(connection);
        _order.ShouldBe([One]);
        connection.IsDisposed.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_FirstIsSilent_TriesTheNextAfterTheStaggerAndTheFirstStillMayWin()
    {
        var race = RunAsync(One, Two);
        _order.ShouldBe([One]);
        _time.Advance(AddressRace.Stagger);
        await UntilTriedAsync(Two);
        var connection = Answer(One);

        (await race).ShouldBeSameAs(connection);
    }

    [Fact]
    public async Task Run_FirstFails_TriesTheNextAtOnce()
    {
        var race = RunAsync(One, Two);
        _attempts[One].SetResult(null);
        await UntilTriedAsync(Two);
        var connection = Answer(Two);

        (await race).ShouldBeSameAs(connection);
    }

    [Fact]
    public async Task Run_TwoAnswer_ClosesTheOneThatCameTooLate()
    {
        var race = RunAsync(One, Two);
        _time.Advance(AddressRace.Stagger);
        await UntilTriedAsync(Two);
        var winner = Answer(Two);
        (await race).ShouldBeSameAs(winner);

        var late = Answer(One);

        await Eventually.HoldsAsync("the late connection is closed", () => late.IsDisposed);
        winner.IsDisposed.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_AllFail_IsNull()
    {
        var race = RunAsync(One, Two);
        _attempts[One].SetResult(null);
        await UntilTriedAsync(Two);
        _attempts[Two].SetResult(null);

        (await race).ShouldBeNull();
    }

    [Fact]
    public async Task Run_NoAddress_IsNull() => (await RunAsync()).ShouldBeNull();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_DeadlinePasses_EndsEveryAttempt(int addresses)
    {
        var ended = 0;
        var race = AddressRace.RunAsync<Connection>(
            [.. new[] { One, Two }.Take(addresses)],
            async (_, token) =>
            {
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                    return null;
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
            },
            _time,
            _deadline.Token).AsTask();
        _time.Advance(AddressRace.Stagger);

        await _deadline.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => race);
        await Eventually.HoldsAsync("every attempt has ended", () => Volatile.Read(ref ended) == addresses);
    }

    [Fact]
    public void TakingTurns_TwoFamilies_BeginWithThePreferredOne()
    {
        AddressRace.TakingTurns([Six, One, Two]).ShouldBe([Six, One, Two]);
        AddressRace.TakingTurns([One, Two, Six]).ShouldBe([One, Six, Two]);
        AddressRace.TakingTurns([One]).ShouldBe([One]);
    }

    /// <summary>Attempts end when the test says so, and not with the race: a connection may be made while it is called off.</summary>
    private Task<Connection?> RunAsync(params IPAddress[] addresses) => AddressRace.RunAsync(
        addresses,
        (address, _) =>
        {
            var attempt = _attempts[address] = new TaskCompletionSource<Connection?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _order.Enqueue(address);
            return attempt.Task;
        },
        _time,
        _deadline.Token).AsTask();

    private Connection Answer(IPAddress address)
    {
        var connection = new Connection();
        _attempts[address].SetResult(connection);
        return connection;
    }

    private Task UntilTriedAsync(IPAddress address) => Eventually.HoldsAsync($"{address} is tried", () => _order.Contains(address));

    private sealed class Connection : IDisposable
    {
        private volatile bool _disposed;

        public bool IsDisposed => _disposed;

        public void Dispose() => _disposed = true;
    }
}
