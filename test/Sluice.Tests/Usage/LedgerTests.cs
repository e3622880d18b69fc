using Microsoft.Data.Sqlite;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using Sluice.TestKit;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

public sealed class LedgerTests : IAsyncLifetime
{
    private readonly RecordingCharges _charges = new();
    private LedgerFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await LedgerFixture.StartNewAsync(_charges);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task SettleAsync_AfterReserve_IsOneRowWhoseIdIsItsSequenceNumber()
    {
        var entry = LedgerFixture.Entry("req_1");
        (await _fixture.Ledger.ReserveAsync(entry)).ShouldBeTrue();
        var record = LedgerFixture.Outcome(entry);

        (await _fixture.Ledger.SettleAsync(entry, record)).ShouldBeTrue();
        await _fixture.Queue.FlushAsync();

        record.JournalSequence.ShouldBe(2);
        _fixture.Account().ShouldBe(["req_1 0 10+20 1000"]);
        _fixture.Watermark().ShouldBe(2);
        _fixture.Journal.ReleasedBelow.ShouldBe(3);
        _fixture.Ledger.OpenCallCount.ShouldBe(0);
    }

    [Fact]
    public async Task SettleAsync_Twice_IsADefect()
    {
        var entry = LedgerFixture.Entry("req_1");
        await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry));

        await Should.ThrowAsync<InvalidOperationException>(async () => await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry)));
    }

    [Fact]
    public async Task FlushAsync_AnEarlierOutcomeUnderWay_WaitsForItAndKeepsTheOrder()
    {
        _fixture.Journal.Prompt = false;
        var (first, second) = (LedgerFixture.Entry("req_1"), LedgerFixture.Entry("req_2"));
        var one = _fixture.Ledger.SettleAsync(first, LedgerFixture.Outcome(first)).AsTask();

        // Handed over by another thread before the first one's thread came to it.
        var late = LedgerFixture.Outcome(second);
        late.JournalSequence = 2;
        _fixture.Queue.Add(late);
        var flush = _fixture.Queue.FlushAsync();
        await Task.Delay(20);

        _fixture.Account().ShouldBeEmpty();
        _fixture.Journal.Append(Sluice.Journal.JournalRecordType.Settle, []);
        _fixture.Journal.Commit();
        await one.WithinAsync("the first outcome");
        await flush.WithinAsync("both rows");
        await _fixture.Queue.FlushAsync();
        _fixture.Account().Select(row => row[..5]).ShouldBe(["req_1", "req_2"]);
    }

    [Fact]
    public async Task Stored_ACallOpenForLong_HoldsItsReservationUntilACheckpointIsDurable()
    {
        var open = LedgerFixture.Entry("req_open");
        await _fixture.Ledger.ReserveAsync(open);
        await SettleOneAsync("req_1");
        _fixture.Journal.ReleasedBelow.ShouldBe(open.ReserveSequence);

        _fixture.Journal.Prompt = false;
        _fixture.Ledger.Checkpoint(open, new TokenUsage(7, 0, 0, 0, 3, 0));
        _fixture.Ledger.Stored(2);
        _fixture.Journal.ReleasedBelow.ShouldBe(open.ReserveSequence);

        _fixture.Journal.Commit();
        _fixture.Journal.Prompt = true;
        await SettleOneAsync("req_2");
        _fixture.Journal.ReleasedBelow.ShouldBe(open.LatestSequence);
    }

    [Fact]
    public async Task ReserveAsync_JournalRefuses_IsFalseAndLeavesNothingOpen()
    {
        _fixture.Journal.AcceptsReserve = false;
        var refused = LedgerFixture.Entry("req_1");
        (await _fixture.Ledger.ReserveAsync(refused)).ShouldBeFalse();

        _fixture.Journal.AcceptsReserve = true;
        _fixture.Journal.Refuses = true;
        var failed = LedgerFixture.Entry("req_2");
        (await _fixture.Ledger.ReserveAsync(failed)).ShouldBeFalse();
        (await _fixture.Ledger.SettleAsync(refused, LedgerFixture.Outcome(refused, status: UsageStatus.Void))).ShouldBeFalse();

        _fixture.Ledger.OpenCallCount.ShouldBe(0);
    }

    [Fact]
    public async Task SettleAsync_JournalRefuses_IsTriedAgainAndHoldsTheWatermark()
    {
        var entry = LedgerFixture.Entry("req_1");
        await _fixture.Ledger.ReserveAsync(entry);
        (_fixture.Journal.Refuses, _fixture.Journal.KeepsRefused) = (true, true);
        (await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry))).ShouldBeFalse();
        _fixture.Journal.Refuses = false;
        await SettleOneAsync("req_2");

        // The refused outcome may be in the log: a crash now must find it above the watermark.
        _fixture.Watermark().ShouldBe(1);
        await RestartAsync(_fixture.Journal.Durable);
        _fixture.Account().ShouldBe(["req_1 0 10+20 1000", "req_2 0 10+20 1000"], ignoreOrder: true);
    }

    [Fact]
    public async Task SettleAsync_JournalTakesItLater_IsSettledInTheBackground()
    {
        var entry = LedgerFixture.Entry("req_1");
        await _fixture.Ledger.ReserveAsync(entry);
        (_fixture.Journal.Refuses, _fixture.Journal.KeepsRefused) = (true, true);
        (await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry))).ShouldBeFalse();
        _fixture.Journal.Refuses = false;

        await Eventually.HoldsAsync("the outcome to be taken", () => _fixture.Ledger.OpenCallCount == 0);
        await _fixture.Queue.FlushAsync();
        var log = _fixture.Journal.Durable;
        _fixture.Account().Count.ShouldBe(1);

        // The log now has the outcome twice; a database from before it takes one.
        await using var other = new LedgerFixture();
        await other.StartAsync(log);
        other.Account().Count.ShouldBe(1);
    }

    [Fact]
    public async Task OpenAsync_OpenCalls_AreRecoveredFromWhatIsKnown()
    {
        var (bare, streamed, bounded) = (LedgerFixture.Entry("req_bare"), LedgerFixture.Entry("req_streamed"), LedgerFixture.Entry("req_bounded", new BudgetCharge(4, 25)));
        await _fixture.Ledger.ReserveAsync(bare);
        await _fixture.Ledger.ReserveAsync(streamed);
        await _fixture.Ledger.ReserveAsync(bounded);
        _fixture.Ledger.Checkpoint(streamed, new TokenUsage(5, 0, 0, 0, 1, 0));
        _fixture.Ledger.Checkpoint(streamed, new TokenUsage(5, 0, 0, 0, 9, 0));
        await SettleOneAsync("req_done");

        await RestartAsync(_fixture.Journal.Durable);

        _fixture.Account().ShouldBe(
            ["req_done 0 10+20 1000", "req_bare 1 7+0 70", "req_streamed 1 5+9 140", "req_bounded 1 7+0 25"], ignoreOrder: true);
        _charges.Costs.ShouldBe([(4, 25)]);
        _fixture.Ledger.OpenCallCount.ShouldBe(0);
    }

    [Fact]
    public async Task OpenAsync_SecondAttemptsReservation_ReplacesTheFirst()
    {
        var entry = LedgerFixture.Entry("req_1");
        await _fixture.Ledger.ReserveAsync(entry);
        entry.Provider = "anthropic-main";
        await _fixture.Ledger.ReserveAsync(entry);

        await RestartAsync(_fixture.Journal.Durable);

        _fixture.Account().Count.ShouldBe(1);
        using var read = _fixture.Database.Read();
        read.Connection.Scalar<string>("SELECT provider FROM usage_series").ShouldBe("anthropic-main");
    }

    [Fact]
    public async Task OpenAsync_ForeignRecords_AreLeftAlone()
    {
        var records = new List<MemoryJournal.Record>
        {
            new(Sluice.Journal.JournalRecordType.Reserve, 1, []),
            new(Sluice.Journal.JournalRecordType.Settle, 2, [9, 9, 9]),
            new((Sluice.Journal.JournalRecordType)77, 3, [1, 0, 0]),
        };

        await RestartAsync(records);

        _fixture.Account().ShouldBeEmpty();
        await SettleOneAsync("req_1");
        _fixture.Account().Count.ShouldBe(1);
    }

    [Fact]
    public async Task OpenAsync_ReservationWhoseDrainedOutcomeIsLostFromTheLog_IsNotChargedTwice()
    {
        var entry = LedgerFixture.Entry("req_1");
        await _fixture.Ledger.ReserveAsync(entry);
        await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry));
        await _fixture.Queue.FlushAsync();

        await RestartAsync([.. _fixture.Journal.Durable.Take(1)]);

        _fixture.Account().ShouldBe(["req_1 0 10+20 1000"]);
    }

    [Fact]
    public async Task OpenAsync_EmptyLogOverAFullDatabase_NumbersAboveIt()
    {
        for (var i = 0; i < 5; i++)
        {
            await SettleOneAsync("req_" + i);
        }

        await RestartAsync([]);
        await SettleOneAsync("req_new");

        _fixture.Account().Count.ShouldBe(6);
    }

    [Fact]
    public async Task Settle_WithBudgets_ChargesThemInTheSameTransactionAndOnce()
    {
        var entry = LedgerFixture.Entry("req_1", new BudgetCharge(1, 5_000), new BudgetCharge(2, 5_000));
        await _fixture.Ledger.ReserveAsync(entry);
        await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry));
        _charges.Fails = true;
        await Should.ThrowAsync<SqliteException>(_fixture.Queue.FlushAsync);
        _fixture.Account().ShouldBeEmpty();
        _charges.Fails = false;
        await _fixture.Queue.FlushAsync();

        await RestartAsync(_fixture.Journal.Durable);

        _charges.Costs.ShouldBe([(1, 1_000), (2, 1_000)]);
        _fixture.Account().Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReserveAsync_DatabaseFarBehind_IsRefusedAfterAWhile()
    {
        using var blocked = new ManualResetEventSlim();
        var blocker = _fixture.Database.WriteAsync(_ => blocked.Wait());
        var sample = LedgerFixture.Outcome(LedgerFixture.Entry("req_1"));
        for (var i = 0; i < UsageQueue.Capacity; i++)
        {
            _fixture.Queue.Add(sample);
        }

        var call = _fixture.Ledger.ReserveAsync(LedgerFixture.Entry("req_2")).AsTask();
        call.IsCompleted.ShouldBeFalse();

        (await call.WithinAsync("a refusal")).ShouldBeFalse();
        blocked.Set();
        await blocker;
    }

    private async Task SettleOneAsync(string requestId)
    {
        var entry = LedgerFixture.Entry(requestId);
        (await _fixture.Ledger.ReserveAsync(entry)).ShouldBeTrue();
        (await _fixture.Ledger.SettleAsync(entry, LedgerFixture.Outcome(entry))).ShouldBeTrue();
        await _fixture.Queue.FlushAsync();
    }

    private Task RestartAsync(IReadOnlyList<MemoryJournal.Record> records) => _fixture.StartAsync(records);

    private sealed class RecordingCharges : IChargeSink
    {
        public List<(long, long)> Costs { get; } = [];

        public bool Fails { get; set; }

        public void Apply(SqliteConnection connection, IReadOnlyList<BudgetCost> costs)
        {
            if (Fails)
            {
                throw new SqliteException("disk full", 13);
            }

            Costs.AddRange(costs.Select(cost => (cost.PeriodId, cost.CostNano)));
        }
    }
}
