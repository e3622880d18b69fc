using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;
using Sluice.TestKit;
using Sluice.Chaos.Simulation;

namespace Sluice.Tests.Journal;

public sealed class JournalCoreTests : IDisposable
{
    private static readonly JournalOptions Options = new() { SegmentBytes = JournalOptions.SmallestSegment, MostUnflushedBytes = 20_000 };

    private readonly FakeTime _time = new();
    private readonly SimulatedDisk _disk = new(new Random(7));
    private readonly List<(JournalRecordType Type, long Sequence, string Text)> _replayed = [];

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Open_EmptyFolder_NumbersFromOneAndTakesReservations()
    {
        var sut = CreateSut();

        sut.AcceptsReserve.ShouldBeTrue();
        sut.DurableSequence.ShouldBe(0);
        sut.Recovery.IsWhole.ShouldBeTrue();
        Append(sut, "a").ShouldBe(1);
        Append(sut, "b").ShouldBe(2);
    }

    [Fact]
    public void Open_FloorAboveTheLog_NumbersAboveTheFloor()
    {
        Append(CreateSut(), "a");

        var sut = CreateSut(floor: 500);

        sut.DurableSequence.ShouldBe(500);
        Append(sut, "b").ShouldBe(501);
        var recovery = CreateSut().Recovery;
        recovery.Records.ShouldBe(2);
        recovery.IsWhole.ShouldBeTrue("a gap that was never filled is no loss");
    }

    [Fact]
    public void Open_AfterManySegments_ReplaysTypeNumberAndPayloadInOrder()
    {
        var sut = CreateSut();
        var texts = Enumerable.Range(0, 300).Select(i => i + new string('x', 700)).ToArray();
        foreach (var text in texts)
        {
            Append(sut, text, (JournalRecordType)(1 + (text.Length % 3)));
        }

        sut = CreateSut();

        _replayed.Select(record => record.Text).ShouldBe(texts);
        _replayed.Select(record => record.Sequence).ShouldBe(Enumerable.Range(1, 300).Select(i => (long)i));
        _replayed.ShouldAllBe(record => record.Type == (JournalRecordType)(1 + (record.Text.Length % 3)));
        sut.SegmentCount.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Turn_NobodyAppended_WritesNothing()
    {
        var sut = CreateSut();
        sut.Turn();
        var before = _disk.Operations;

        sut.Turn();

        _disk.Operations.ShouldBe(before);
        sut.FlushCount.ShouldBe(0);
    }

    [Fact]
    public void Turn_ManyAppended_CommitsThemTogetherAndCompletesEveryWaiter()
    {
        var sut = CreateSut();
        var waits = Enumerable.Range(0, 20).Select(i => Begin(sut, "r" + i)).ToArray();
        waits.ShouldAllBe(wait => !wait.IsCompleted);

        sut.Turn();

        waits.Select(ResultOf).ShouldBe(Enumerable.Range(1, 20).Select(i => (long)i));
        sut.FlushCount.ShouldBe(1);
        sut.LastBatchSize.ShouldBe(20);
    }

    [Fact]
    public void Append_LongerThanAllowed_IsRefused()
    {
        var sut = CreateSut();

        sut.Append(JournalRecordType.Settle, new byte[Options.MostPayloadBytes + 1], null, out _).ShouldBe(-1);

        Append(sut, new string('x', Options.MostPayloadBytes)).ShouldBe(1, "the refused one took no number");
    }

    [Fact]
    public void Append_TooMuchUnflushed_RefusesReservationsAndStillTakesOutcomes()
    {
        var sut = CreateSut();
        while (sut.Append(JournalRecordType.Reserve, new byte[1_000], null, out var pending) > 0)
        {
            pending.ShouldBeLessThan(100);
        }

        sut.Append(JournalRecordType.Checkpoint, new byte[10], null, out _).ShouldBe(-1);
        sut.Append(JournalRecordType.Settle, new byte[10], null, out _).ShouldBeGreaterThan(0);

        sut.Turn();
        sut.Append(JournalRecordType.Reserve, new byte[10], null, out _).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void ReleaseBelow_DrainedSegments_AreUsedAgainInsteadOfGrowing()
    {
        var sut = CreateSut();
        for (var i = 0; i < 500; i++)
        {
            Append(sut, new string('x', 700));
            sut.ReleaseBelow(sut.DurableSequence);
        }

        sut.SegmentCount.ShouldBeLessThanOrEqualTo(4);
        CreateSut().Recovery.IsWhole.ShouldBeTrue();
        _replayed[^1].Sequence.ShouldBe(500);
        _replayed.Count.ShouldBeLessThan(20);
    }

    [Fact]
    public void Open_SixtyTimesWithoutRecords_KeepsTheFolderSmall()
    {
        for (var i = 0; i < 60; i++)
        {
            CreateSut().Dispose();
        }

        _disk.Files.Count.ShouldBeLessThan(6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Open_DamagedRecordBeforeOthers_QuarantinesTheSegmentAndReadsTheRest(int segments)
    {
        var sut = CreateSut();
        for (var i = 0; i < segments * 7; i++)
        {
            Append(sut, "record " + i);
        }

        // Each record is a commit of its own, one block after the header.
        _disk.Files.Where(file => file.Key.EndsWith(".journal", StringComparison.Ordinal)).MinBy(file => file.Key).Value.Corrupt((3 * 4096) + 20);
        sut = CreateSut();

        sut.Recovery.Missing.ShouldBe(1);
        sut.Recovery.Quarantined.Count.ShouldBe(1);
        sut.Recovery.IsWhole.ShouldBeFalse();
        _replayed.Select(record => record.Text).ShouldBe(Enumerable.Range(0, segments * 7).Where(i => i != 2).Select(i => "record " + i));
        _disk.Files.Keys.ShouldContain(name => name.EndsWith(".quarantined", StringComparison.Ordinal));

        // Until it is released its records are still the only copy.
        CreateSut().Recovery.Missing.ShouldBe(1);
        _replayed.Count.ShouldBe((segments * 7) - 1);
    }

    [Fact]
    public void ReleaseBelow_QuarantinedSegment_IsKeptAndReadNoMore()
    {
        var sut = CreateSut();
        Append(sut, "a");
        Append(sut, "b");
        _disk.Files.Single(file => file.Key.EndsWith(".journal", StringComparison.Ordinal)).Value.Corrupt(4096 + 17);
        sut = CreateSut();
        sut.Recovery.Quarantined.Count.ShouldBe(1);

        sut.ReleaseBelow(100);
        sut.Turn();

        CreateSut().Recovery.IsWhole.ShouldBeTrue();
        _disk.Files.Keys.ShouldContain(name => name.EndsWith(".released.quarantined", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_DamagedHeader_ReadsTheRecordsAndReports()
    {
        Append(CreateSut(), "a");
        _disk.Files.Single(file => file.Key.EndsWith(".journal", StringComparison.Ordinal)).Value.Corrupt(9);

        var sut = CreateSut();

        sut.Recovery.Quarantined.Count.ShouldBe(1);
        _replayed.Select(record => record.Text).ShouldBe(["a"]);
    }

    [Fact]
    public void Open_LastRecordCutOff_TruncatesItWithoutAnAlarm()
    {
        var sut = CreateSut();
        Append(sut, "a");
        Append(sut, "b");
        _disk.Files.Single(file => file.Key.EndsWith(".journal", StringComparison.Ordinal)).Value.Corrupt((2 * 4096) + 17);

        sut = CreateSut();

        sut.Recovery.IsWhole.ShouldBeTrue();
        sut.Recovery.TornBytes.ShouldBe(JournalFrame.Overhead + 1);
        _replayed.Select(record => record.Text).ShouldBe(["a"]);
        Append(sut, "c");
        CreateSut().Recovery.IsWhole.ShouldBeTrue();
        _replayed.Select(record => record.Text).ShouldBe(["a", "c"]);
    }

    [Fact]
    public void Turn_DiskFull_RefusesReservationsEarlyTakesOutcomesAndResumesWhenSpaceReturns()
    {
        var sut = CreateSut();
        List<bool> changes = [];
        sut.AcceptsReserveChanged += changes.Add;
        sut.Turn();
        _disk.Capacity = _disk.Files.Values.Sum(file => (long)file.Data.Length);

        // The reserve becomes the active segment, and no other can be allocated.
        while (sut.AcceptsReserve)
        {
            Append(sut, new string('x', 700)).ShouldBeGreaterThan(0);
        }

        sut.Append(JournalRecordType.Reserve, [1], null, out _).ShouldBe(-1);
        for (var i = 0; i < 5; i++)
        {
            Append(sut, "outcome", JournalRecordType.Settle).ShouldBeGreaterThan(0);
        }

        _disk.Capacity = long.MaxValue;
        _time.Advance(TimeSpan.FromSeconds(1));
        sut.Turn();

        sut.AcceptsReserve.ShouldBeTrue();
        changes.ShouldBe([false, true]);
        Append(sut, "b", JournalRecordType.Reserve).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Open_DiskFull_OpensAndRefuses()
    {
        _disk.Capacity = 0;

        var sut = CreateSut();

        sut.AcceptsReserve.ShouldBeFalse();
        _disk.Capacity = long.MaxValue;
        _time.Advance(TimeSpan.FromSeconds(1));
        sut.Turn();
        sut.Turn();
        sut.AcceptsReserve.ShouldBeTrue();
        Append(sut, "a").ShouldBe(1);
    }

    [Fact]
    public void Turn_SyncFailsOnce_ConfirmsFromANewSegment()
    {
        var sut = CreateSut();
        Append(sut, "a");
        _disk.Plan(DiskFault.ErrorOnce, 2);

        Append(sut, "b").ShouldBe(2);

        _disk.FaultFired.ShouldBeTrue();
        _disk.TouchesAfterFailure.ShouldBe(0);
        sut.AcceptsReserve.ShouldBeTrue();
        _disk.LosePower();
        CreateSut();
        _replayed.Select(record => record.Text).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Turn_DiskFailsAndRecovers_RefusesAndResumesWithinSeconds()
    {
        var sut = CreateSut();
        _disk.Plan(DiskFault.ErrorsFromHere, 1);

        Append(sut, "lost").ShouldBe(-1);

        sut.AcceptsReserve.ShouldBeFalse();
        var wait = Begin(sut, "waits for the next attempt");
        sut.Turn();
        wait.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        sut.Turn();
        ResultOf(wait).ShouldBe(-1);

        _disk.Plan(DiskFault.ErrorOnce, long.MaxValue / 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        sut.Turn();
        sut.AcceptsReserve.ShouldBeTrue();
        Append(sut, "kept").ShouldBe(3, "numbers that were refused are not used again");
        CreateSut();
        _replayed.Select(record => record.Text).ShouldBe(["kept"]);
    }

    private JournalCore CreateSut(long floor = 0)
    {
        _replayed.Clear();
        return JournalCore.Open(
            _disk,
            Options,
            floor,
            (type, sequence, payload) => _replayed.Add((type, sequence, Encoding.UTF8.GetString(payload))),
            InlineEnds.Instance,
            _time,
            NullLogger.Instance);
    }

    private static ValueTask<long> Begin(JournalCore sut, string text, JournalRecordType type = JournalRecordType.Settle)
    {
        var waiter = new JournalWaiter();
        var wait = waiter.Begin();
        sut.Append(type, Encoding.UTF8.GetBytes(text), waiter, out _).ShouldBeGreaterThan(0);
        return wait;
    }

    /// <summary>Appends a record as a commit of its own and returns what its waiter is told.</summary>
    private static long Append(JournalCore sut, string text, JournalRecordType type = JournalRecordType.Settle)
    {
        var wait = Begin(sut, text, type);
        sut.Turn();
        return ResultOf(wait);
    }

    private static long ResultOf(ValueTask<long> wait)
        => wait.IsCompleted ? wait.Result : throw new InvalidOperationException("The record is neither durable nor refused.");
}
