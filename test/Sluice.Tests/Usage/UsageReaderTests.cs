using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

public sealed class UsageReaderTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryStorage _storage = new();
    private readonly SqliteDatabase _database;
    private readonly UsageQueue _queue;
    private readonly UsageReader _sut;

    public UsageReaderTests()
    {
        var database = _database = _storage.Open();
        _queue = new UsageQueue(database, new KeyUse(database, TimeProvider.System), TimeProvider.System, NullLogger<UsageQueue>.Instance);
        _sut = new UsageReader(database, _queue, new ManualTime(Noon.AddHours(3)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _queue.DisposeAsync();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task ListAsync_RightAfterACall_SeesIt()
    {
        Write(1);

        (await _sut.ListAsync(new UsageFilter(), null, 10)).Single().RequestId.ShouldBe("req_1");
    }

    [Fact]
    public async Task ListAsync_PagingWhileCallsCome_GivesEachOfTheFirstOnce()
    {
        for (var i = 0; i < 50; i++)
        {
            Write(i);
        }

        var seen = new List<string>();
        long? cursor = null;
        while (await _sut.ListAsync(new UsageFilter(), cursor, 7) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(row => row.RequestId));
            cursor = page[^1].Id;
            Write(1000 + seen.Count);
        }

        seen.ShouldBe(Enumerable.Range(0, 50).Reverse().Select(i => "req_" + i));
    }

    [Theory]
    [InlineData("rare", null)]
    [InlineData("file:rare", null)]
    [InlineData(null, "odd")]
    [InlineData("rare", "odd")]
    public async Task ListAsync_ByKeyOrModel_FindsThemAcrossHours(string? key, string? model)
    {
        var expected = new List<string>();
        for (var i = 0; i < 500; i++)
        {
            var isRare = i % 100 == 50;
            Write(i, isRare ? "rare" : "common", isRare ? "odd" : "usual", Noon.AddMinutes(i));
            if (isRare)
            {
                expected.Insert(0, "req_" + i);
            }
        }

        var filter = new UsageFilter(key, model);
        var first = await _sut.ListAsync(filter, null, 3);
        var second = await _sut.ListAsync(filter, first[^1].Id, 3);

        first.Concat(second).Select(row => row.RequestId).ShouldBe(expected);
    }

    [Fact]
    public async Task ListAsync_CallsThatEndInAnotherOrderThanTheyCame_AreAllFoundByTime()
    {
        // Long calls of the hour before end among the short ones of this hour.
        for (var i = 0; i < 60; i++)
        {
            Write(i, at: i % 2 == 0 ? Noon.AddMinutes(i) : Noon.AddMinutes(i - 60));
        }

        var rows = await _sut.ListAsync(new UsageFilter(From: Noon.AddMinutes(-60), To: Noon), null, 500);

        rows.Select(row => row.RequestId).ShouldBe(Enumerable.Range(0, 60).Where(i => i % 2 == 1).Reverse().Select(i => "req_" + i));
    }

    [Fact]
    public async Task ListAsync_FromIsInclusiveAndToIsNot()
    {
        Write(1, at: Noon);
        Write(2, at: Noon.AddMinutes(1));

        (await _sut.ListAsync(new UsageFilter(From: Noon, To: Noon.AddMinutes(1)), null, 10)).Select(row => row.RequestId).ShouldBe(["req_1"]);
    }

    [Fact]
    public async Task ReadAllAsync_AnyFilter_GivesTheSameRecordsAsTheListOldestFirst()
    {
        for (var i = 0; i < 5_000; i++)
        {
            Write(i, i % 3 == 0 ? "a" : "b", i % 7 == 0 ? "m" : "n", Noon.AddSeconds(i * 2));
        }

        foreach (var filter in (UsageFilter[])[new(), new("a"), new(Model: "m", From: Noon.AddHours(1)), new(To: Noon.AddMinutes(30)), new("nobody")])
        {
            var all = new List<UsageRow>();
            await foreach (var page in _sut.ReadAllAsync(filter))
            {
                all.AddRange(page);
            }

            all.Select(row => row.Id).ShouldBe((await _sut.ListAsync(filter, null, 10_000)).Select(row => row.Id).Reverse());
        }
    }

    [Fact]
    public async Task FindAsync_ByRequest_FindsEachAndNothingElse()
    {
        // Ids far apart, as between calls with many checkpoints.
        for (var i = 0; i < 200; i++)
        {
            Write(i * 1_000);
        }

        foreach (var number in (int[])[0, 1_000, 99_000, 199_000])
        {
            (await _sut.FindAsync("req_" + number)).ShouldNotBeNull().Id.ShouldBe(number + 1);
        }

        (await _sut.FindAsync("req_1")).ShouldBeNull();
        (await _sut.FindAsync("")).ShouldBeNull();
        (await _sut.FindAsync(42)).ShouldBeNull();
    }

    [Fact]
    public async Task FindAsync_UsesTheIndex()
    {
        Write(1);
        await _queue.FlushAsync();

        using var read = _database.Read();
        read.Connection.Rows(
            "EXPLAIN QUERY PLAN " + RecordLookup.Sql, row => row.GetString(3), "req_1")
            .ShouldContain(step => step.Contains("usage_records_by_request (<expr>=? AND <expr>=?)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SummarizeAsync_EachGrouping_AddsUp()
    {
        for (var i = 0; i < 10; i++)
        {
            Write(i, i < 3 ? "a" : "b", i < 5 ? "m" : "n", Noon.AddMinutes(i));
        }

        (await _sut.SummarizeAsync(UsageGrouping.Key, null, null)).Select(sum => (sum.Name, sum.Calls, sum.Cost)).ShouldBe([("b", 7, 7000), ("a", 3, 3000)]);
        (await _sut.SummarizeAsync(UsageGrouping.Model, null, null)).Select(sum => (sum.Name, sum.Calls)).ShouldBe([("m", 5), ("n", 5)]);
        (await _sut.SummarizeAsync(UsageGrouping.Provider, null, null)).Single().Output.ShouldBe(200);
        (await _sut.SummarizeAsync(UsageGrouping.Credential, null, null)).Single().Name.ShouldBe("k1");
        (await _sut.SummarizeAsync(UsageGrouping.User, null, null)).Single().Name.ShouldBe("");
    }

    [Fact]
    public async Task SummarizeAsync_ASpan_TakesOnlyItsMinutes()
    {
        for (var i = 0; i < 180; i++)
        {
            Write(i, at: Noon.AddMinutes(i));
        }

        (await _sut.SummarizeAsync(UsageGrouping.Model, Noon.AddMinutes(30), Noon.AddMinutes(150))).Single().Calls.ShouldBe(120);
        (await _sut.SummarizeAsync(UsageGrouping.Model, Noon.AddMinutes(150), Noon.AddMinutes(30))).ShouldBeEmpty();
    }

    private void Write(int number, string key = "ci", string model = "smart", DateTimeOffset? at = null)
        => _queue.Add(UsageRecords.Create(number, key, model, at ?? Noon));
}
