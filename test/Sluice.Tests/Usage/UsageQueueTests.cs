using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Storage;
using Sluice.TestKit;
using Sluice.Tests.Storage;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

public sealed class UsageQueueTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();
    private readonly SqliteDatabase _database;

    public UsageQueueTests() => _database = _storage.Open();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task FlushAsync_MoreThanOneTransaction_StoresEveryRecordOnceAndInOrder()
    {
        await using var sut = CreateSut();
        for (var i = 0; i < 5_000; i++)
        {
            sut.Add(UsageRecords.Create(i));
        }

        await sut.FlushAsync();

        Requests().ShouldBe(Enumerable.Range(0, 5_000).Select(i => "req_" + i));
    }

    [Fact]
    public async Task Add_NobodyFlushes_IsStoredSoonByItself()
    {
        await using var sut = CreateSut();

        sut.Add(UsageRecords.Create(1));
        await Eventually.HoldsAsync("the record to be stored", () => Requests().Count == 1);

        // The timer is set again after it has fired.
        sut.Add(UsageRecords.Create(2));
        await Eventually.HoldsAsync("the second record to be stored", () => Requests().Count == 2);
    }

    [Fact]
    public async Task DisposeAsync_RecordsWaiting_StoresThem()
    {
        var sut = CreateSut();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                sut.Add(UsageRecords.Create((writer * 1_000) + i));
            }
        })));

        await sut.DisposeAsync();

        Requests().Distinct().Count().ShouldBe(8_000);
        sut.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Add_SameSequenceNumberAgain_ChangesNothing()
    {
        await using var sut = CreateSut();
        for (var again = 0; again < 3; again++)
        {
            for (var i = 0; i < 10; i++)
            {
                sut.Add(UsageRecords.Create(i));
            }

            await sut.FlushAsync();
        }

        using var read = _database.Read();
        read.Connection.Scalar<long>("SELECT SUM(calls) FROM usage_days").ShouldBe(10);
        LedgerInvariant.Check(read.Connection).ShouldBeEmpty();
    }

    [Fact]
    public async Task Add_InAnotherOrderThanTheJournals_StoresInTheJournals()
    {
        await using var sut = CreateSut();
        foreach (var number in (int[])[3, 1, 2, 0])
        {
            sut.Add(UsageRecords.Create(number));
        }

        await sut.FlushAsync();

        Requests().ShouldBe(["req_0", "req_1", "req_2", "req_3"]);
    }

    [Fact]
    public async Task WaitForRoomAsync_QueueFull_WaitsForRoom()
    {
        await using var sut = CreateSut();
        using var blocked = new ManualResetEventSlim();
        var blocker = _database.WriteAsync(_ => blocked.Wait());
        var sample = UsageRecords.Create(1);
        for (var i = 0; i < UsageQueue.Capacity; i++)
        {
            sut.Add(sample);
        }

        sut.HasRoom.ShouldBeFalse();
        (await sut.WaitForRoomAsync(TimeSpan.FromMilliseconds(10))).ShouldBeFalse();
        var waiting = sut.WaitForRoomAsync(TimeSpan.FromMinutes(1)).AsTask();
        waiting.IsCompleted.ShouldBeFalse();

        blocked.Set();
        await blocker;
        (await waiting.WithinAsync("room in the queue")).ShouldBeTrue();
    }

    [Fact]
    public async Task FlushAsync_TransactionFails_KeepsTheRecordsForTheNext()
    {
        await using var sut = CreateSut();
        await _database.WriteAsync(connection => connection.Execute(
            "CREATE TRIGGER full BEFORE INSERT ON usage_records WHEN NEW.request_id = 'req_2' BEGIN SELECT RAISE(ABORT, 'disk full'); END"));
        for (var i = 0; i < 4; i++)
        {
            sut.Add(UsageRecords.Create(i));
        }

        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(sut.FlushAsync);
        Requests().ShouldBeEmpty();
        await _database.WriteAsync(connection => connection.Execute("DROP TRIGGER full"));
        await sut.FlushAsync();

        Requests().ShouldBe(["req_0", "req_1", "req_2", "req_3"]);
    }

    [Fact]
    public async Task FlushAsync_RollupsAgreeWithTheRecords()
    {
        await using var sut = CreateSut();
        var start = new DateTimeOffset(2026, 1, 1, 22, 58, 0, TimeSpan.Zero);
        for (var i = 0; i < 300; i++)
        {
            sut.Add(UsageRecords.Create(
                i,
                key: i % 3 == 0 ? "a" : "b",
                at: start.AddSeconds(i),
                status: i % 10 == 0 ? UsageStatus.Failed : UsageStatus.Settled,
                cost: i % 7 == 0 ? null : i));
            if (i % 100 == 99)
            {
                await sut.FlushAsync();
            }
        }

        using var read = _database.Read();
        const string Sums = "SUM(input), SUM(cache_read), SUM(cache_write_5m), SUM(cache_write_1h), SUM(output), SUM(reasoning), COALESCE(SUM(cost), 0), SUM(latency)";
        var expected = read.Connection.Rows(
            $"SELECT series || ':' || COUNT(*) || ':' || SUM(status >= 3) || ':' || SUM(cost IS NULL AND status < 3) || ':' || MIN(id) || ':' || MAX(id), {Sums} FROM usage_records GROUP BY series ORDER BY 1",
            Row);
        foreach (var table in (string[])["usage_minutes", "usage_hours", "usage_days"])
        {
            read.Connection.Rows(
                $"SELECT series || ':' || SUM(calls) || ':' || SUM(failed) || ':' || SUM(unpriced) || ':' || MIN(first_id) || ':' || MAX(last_id), {Sums} FROM {table} GROUP BY series ORDER BY 1",
                Row).ShouldBe(expected, table);
        }

        read.Connection.Scalar<long>("SELECT COUNT(DISTINCT bucket) FROM usage_minutes").ShouldBe(5);
        read.Connection.Scalar<long>("SELECT COUNT(DISTINCT bucket) FROM usage_hours").ShouldBe(2);

        static string Row(Microsoft.Data.Sqlite.SqliteDataReader row)
            => string.Join(",", Enumerable.Range(0, row.FieldCount).Select(row.GetValue));
    }

    [Fact]
    public async Task FlushAsync_LongTextsAndBigNumbers_AreCutAndKept()
    {
        await using var sut = CreateSut();
        sut.Add(new UsageRecord
        {
            RequestId = "r",
            ClientRequestId = new string('ж', 10_000),
            KeyId = "k",
            KeyName = "k",
            Model = new string('m', 1_000_000),
            Operation = "chat",
            CostNanoUsd = long.MaxValue,
            JournalSequence = 1,
        });
        sut.Add(UsageRecords.Create(2, cost: long.MaxValue));
        sut.Add(UsageRecords.Create(3, cost: long.MaxValue));

        await sut.FlushAsync();

        using var read = _database.Read();
        read.Connection.Scalar<long>("SELECT MAX(cost) FROM usage_hours").ShouldBe(long.MaxValue);
        read.Connection.Scalar<long>("SELECT cost FROM usage_records").ShouldBe(long.MaxValue);
        read.Connection.Scalar<string>("SELECT client_request_id FROM usage_records WHERE id = 1").ShouldBe(new string('ж', 256));
        read.Connection.Scalar<string>("SELECT model FROM usage_series WHERE key_id = 'k'").ShouldBe(new string('m', 256));
    }

    private List<string> Requests()
    {
        using var read = _database.Read();
        return read.Connection.Rows("SELECT request_id FROM usage_records ORDER BY id", row => row.GetString(0));
    }

    private UsageQueue CreateSut() => new(_database, new KeyUse(_database, TimeProvider.System), TimeProvider.System, NullLogger<UsageQueue>.Instance);
}
