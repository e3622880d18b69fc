using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;

namespace Sluice.Chaos;

/// <summary>What the journal costs on a real disk: an append, a commit, a replay.</summary>
internal static class DiskSpeed
{
    private const int PayloadBytes = 283;
    private const int AppendRounds = 101;
    private const int AppendsPerRound = 200;
    private const int FillBatch = 16_384;
    private const int ReplayRecords = 1_000_000;

    private static readonly byte[] Payload = new byte[PayloadBytes];

    public static async Task RunAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await AppendAsync(Path.Combine(folder, "append"));
        foreach (var callers in (int[])[1, 8, 32, 128])
        {
            await CommitAsync(Path.Combine(folder, "commit"), callers);
        }

        await ReplayAsync(Path.Combine(folder, "replay"));
    }

    private static GroupCommitJournal Open(string folder, JournalVisitor replay)
        => GroupCommitJournal.Open(new JournalOptions(), new FileJournalDisk(folder), 0, replay, TimeProvider.System, NullLogger.Instance);

    private static async Task AppendAsync(string folder)
    {
        await using var journal = Open(folder, (_, _, _) => { });
        Fill(journal, 100_000);
        var times = new double[AppendRounds];
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < AppendRounds; round++)
        {
            // Paced, so that the copy is timed and not the growth of the batch.
            WaitUntilDurable(journal);
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < AppendsPerRound; i++)
            {
                journal.Append(JournalRecordType.Settle, Payload);
            }

            times[round] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / AppendsPerRound;
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Array.Sort(times);
        Console.WriteLine($"append: {times[AppendRounds / 2]:N0} ns, {bytes / (double)(AppendRounds * AppendsPerRound):N1} bytes allocated by the caller");
    }

    private static void WaitUntilDurable(GroupCommitJournal journal)
    {
        var last = journal.Append(JournalRecordType.Settle, Payload);
        while (journal.DurableSequence < last)
        {
            Thread.Yield();
        }
    }

    /// <summary>Callers that append again as soon as the record before is durable, on the journal's own thread.</summary>
    private static async Task CommitAsync(string folder, int callers)
    {
        await using var journal = Open(folder, (_, _, _) => { });
        var process = Process.GetCurrentProcess();
        var until = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        var flushes = journal.FlushCount;
        var spent = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallAsync(journal, until)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        spent = process.TotalProcessorTime - spent;
        var records = counts.Sum();
        flushes = journal.FlushCount - flushes;
        Console.WriteLine(
            $"{callers} callers: {records / seconds:N0} records/s, {flushes / seconds:N0} commits/s of {(double)records / flushes:N1}, "
            + $"wait {seconds * callers / records * 1e6:N0} us, CPU {spent.TotalMicroseconds / records:N2} us/record, commit {journal.FlushTime.TotalMicroseconds / journal.FlushCount:N0} us");
        journal.ReleaseBelow(journal.DurableSequence);
    }

    private static async Task<long> CallAsync(GroupCommitJournal journal, long until)
    {
        var waiter = new JournalWaiter();
        long count = 0;
        for (; Stopwatch.GetTimestamp() < until; count++)
        {
            if (await journal.AppendAsync(JournalRecordType.Reserve, Payload, waiter) < 0)
            {
                throw new InvalidOperationException("The journal refused a record.");
            }
        }

        return count;
    }

    private static async Task ReplayAsync(string folder)
    {
        await using (var journal = Open(folder, (_, _, _) => { }))
        {
            Fill(journal, ReplayRecords);
        }

        long records = 0;
        var started = Stopwatch.GetTimestamp();
        await using (Open(folder, (_, _, _) => records++))
        {
            Console.WriteLine($"replay: {records:N0} records in {Stopwatch.GetElapsedTime(started).TotalSeconds:N2} s");
        }
    }

    private static void Fill(GroupCommitJournal journal, int records)
    {
        for (var i = 0; i < records; i++)
        {
            journal.Append(JournalRecordType.Settle, Payload);
            if (i % FillBatch == 0)
            {
                WaitUntilDurable(journal);
            }
        }
    }
}
