using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;
using Sluice.TestKit;

namespace Sluice.Tests.Journal;

/// <summary>The journal with its thread, in a real folder.</summary>
public sealed class GroupCommitJournalTests : IDisposable
{
    private static readonly JournalOptions Options = new() { SegmentBytes = 256 * 1024 };

    private readonly TempFolder _folder = new();
    private readonly List<string> _replayed = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AppendAsync_ManyCallers_NumbersEveryRecordOnceAndReplaysThemAll()
    {
        var results = new long[16][];
        await using (var sut = CreateSut())
        {
            await Task.WhenAll(results.Select((_, caller) => Task.Run(async () => results[caller] = await CallAsync(sut, caller, 100))));
            sut.LastBatchSize.ShouldBeGreaterThan(0);
        }

        results.SelectMany(one => one).Order().ShouldBe(Enumerable.Range(1, 1_600).Select(i => (long)i));
        await using var reopened = CreateSut();
        reopened.Recovery.Records.ShouldBe(1_600);
        reopened.Recovery.IsWhole.ShouldBeTrue();
        _replayed.Order().ShouldBe(Enumerable.Range(0, 16).SelectMany(caller => Enumerable.Range(0, 100).Select(i => $"{caller}/{i}")).Order());
    }

    [Fact]
    public async Task AppendAsync_WarmWaiter_AllocatesNothingForTheCaller()
    {
        await using var sut = CreateSut();
        var waiter = new JournalWaiter();
        var payload = new byte[300];
        for (var i = 0; i < 200; i++)
        {
            await sut.AppendAsync(JournalRecordType.Settle, payload, waiter);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var wait = sut.AppendAsync(JournalRecordType.Settle, payload, waiter);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await wait;

        allocated.ShouldBe(0);
    }

    [Fact]
    public async Task Append_NobodyWaits_BecomesDurableSoon()
    {
        await using var sut = CreateSut();

        var sequence = sut.Append(JournalRecordType.Checkpoint, [1, 2, 3]);

        await Eventually.HoldsAsync("the record to be durable", () => sut.DurableSequence == sequence);
    }

    [Fact]
    public async Task DisposeAsync_RecordsWaiting_MakesThemDurableAndTakesNoMore()
    {
        var sut = CreateSut();
        for (var i = 0; i < 50; i++)
        {
            sut.Append(JournalRecordType.Settle, Encoding.UTF8.GetBytes("r" + i));
        }

        await sut.DisposeAsync();

        (await sut.AppendAsync(JournalRecordType.Settle, [1], new JournalWaiter())).ShouldBe(-1);
        await using var reopened = CreateSut();
        _replayed.ShouldBe(Enumerable.Range(0, 50).Select(i => "r" + i));
    }

    [Fact]
    public async Task Open_FolderInUse_IsRefused()
    {
        await using var sut = CreateSut();

        Should.Throw<IOException>(CreateSut);
    }

    [Fact]
    public async Task Open_NewFolder_IsForTheOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var sut = CreateSut();

        File.GetUnixFileMode(_folder.File("journal")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(_folder.File("journal")))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task DisposeAsync_OnTheJournalsOwnThread_Ends()
    {
        await using var sut = CreateSut();

        async Task EndAsync()
        {
            // What follows runs on the journal's thread when the append was not durable yet.
            await sut.AppendAsync(JournalRecordType.Settle, [1], new JournalWaiter()).ConfigureAwait(false);
            await sut.DisposeAsync();
        }

        await EndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task<long[]> CallAsync(GroupCommitJournal sut, int caller, int count)
    {
        var waiter = new JournalWaiter();
        var sequences = new long[count];
        for (var i = 0; i < count; i++)
        {
            sequences[i] = await sut.AppendAsync(JournalRecordType.Reserve, Encoding.UTF8.GetBytes($"{caller}/{i}"), waiter);
            sut.DurableSequence.ShouldBeGreaterThanOrEqualTo(sequences[i]);
        }

        return sequences;
    }

    private GroupCommitJournal CreateSut()
    {
        _replayed.Clear();
        return GroupCommitJournal.Open(
            Options,
            new FileJournalDisk(_folder.File("journal")),
            sequenceFloor: 0,
            (_, _, payload) => _replayed.Add(Encoding.UTF8.GetString(payload)),
            TimeProvider.System,
            NullLogger.Instance);
    }
}
