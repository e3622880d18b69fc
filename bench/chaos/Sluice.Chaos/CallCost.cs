using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;

namespace Sluice.Chaos;

/// <summary>
/// What two durable records add to a call whose other work takes 30 us of one processor: calls are carried on by one thread,
/// as events of sockets are, and by the journal's. Run it bound to one processor.
/// </summary>
internal static class CallCost
{
    private const int Calls = 32;
    private const int PayloadBytes = 283;

    private static readonly TimeSpan Work = TimeSpan.FromMicroseconds(7.5);
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(3);
    private static readonly byte[] Payload = new byte[PayloadBytes];

    public static async Task RunAsync(string folder)
    {
        await using var journal = GroupCommitJournal.Open(
            new JournalOptions(), new FileJournalDisk(folder), 0, (_, _, _) => { }, TimeProvider.System, NullLogger.Instance);
        foreach (var durable in (bool[])[false, true, false, true])
        {
            await MeasureAsync(durable ? journal : null);
        }
    }

    private static async Task MeasureAsync(GroupCommitJournal? journal)
    {
        // Not disposed of: its thread still reads it, and ends with the process.
        var events = new BlockingCollection<Action>();
        new Thread(() => Serve(events)) { IsBackground = true }.Start();
        using var process = Process.GetCurrentProcess();
        var until = Stopwatch.GetTimestamp() + (long)(RunTime.TotalSeconds * Stopwatch.Frequency);
        var spent = process.TotalProcessorTime;
        var commits = journal?.FlushCount ?? 0;
        var calls = (await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => CallAsync(events, journal, until)))).Sum();
        process.Refresh();
        spent = process.TotalProcessorTime - spent;
        commits = (journal?.FlushCount ?? 0) - commits;
        var seconds = RunTime.TotalSeconds;
        Console.WriteLine(
            $"journal {(journal is null ? "off" : "on "),-3}: {calls / seconds:N0} calls/s, {spent.TotalMicroseconds / calls:N1} us CPU per call, "
            + $"{seconds * Calls / calls * 1e6:N0} us per call, {commits / seconds:N0} commits/s");
    }

    private static void Serve(BlockingCollection<Action> events)
    {
        foreach (var one in events.GetConsumingEnumerable())
        {
            one();
        }
    }

    private static async Task<long> CallAsync(BlockingCollection<Action> events, GroupCommitJournal? journal, long until)
    {
        var waiter = new JournalWaiter();
        long calls = 0;
        for (; Stopwatch.GetTimestamp() < until; calls++)
        {
            await new SocketEvent(events);
            Spin();
            await RecordAsync(journal, JournalRecordType.Reserve, waiter);
            Spin();
            await new SocketEvent(events);
            Spin();
            await RecordAsync(journal, JournalRecordType.Settle, waiter);
            Spin();
        }

        return calls;
    }

    private static ValueTask<long> RecordAsync(GroupCommitJournal? journal, JournalRecordType type, JournalWaiter waiter)
        => journal?.AppendAsync(type, Payload, waiter) ?? ValueTask.FromResult(0L);

    private static void Spin()
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Work)
        {
        }
    }

    private readonly struct SocketEvent(BlockingCollection<Action> events) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public SocketEvent GetAwaiter() => this;

        public void OnCompleted(Action continuation) => events.Add(continuation);

        public void GetResult()
        {
        }
    }
}
