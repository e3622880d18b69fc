using Sluice.Journal;
using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

/// <summary>Random schedules of calls, cut anywhere, replayed any number of times.</summary>
public sealed class LedgerReplayPropertyTests
{
    private const int Schedules = 40;

    [Fact]
    public async Task Replay_AnyPrefixAnyNumberOfTimes_GivesEveryReservedCallOneOutcome()
    {
        for (var seed = 1; seed <= Schedules; seed++)
        {
            var random = new Random(seed);
            await using var fixture = new LedgerFixture();
            await fixture.StartAsync();
            await RunAsync(fixture, random);
            var log = fixture.Journal.Durable;

            // A crash: anything that was not waited for may be missing at the end, and the database may be behind or not.
            var prefix = log.Take(random.Next(log.Count + 1)).ToList();
            var drained = random.Next(2) == 0;
            await using var other = new LedgerFixture();
            var sut = drained ? fixture : other;
            if (drained)
            {
                await fixture.Queue.FlushAsync();
            }

            await sut.StartAsync(prefix);
            var account = sut.Account();
            var after = sut.Journal.Durable;
            var expected = drained
                ? Requests(log, JournalRecordType.Settle).Union(Requests(prefix, JournalRecordType.Reserve))
                : Requests(prefix, JournalRecordType.Reserve);
            Ids(account).ShouldBe(expected, ignoreOrder: true, $"seed {seed}");

            for (var again = 0; again < 2; again++)
            {
                await sut.StartAsync(again == 0 ? prefix : after);
                sut.Account().ShouldBe(account, $"seed {seed}");
            }

            sut.Violations().ShouldBeEmpty($"seed {seed}");
        }
    }

    /// <summary>Calls that overlap: each reserves, some checkpoint, most settle.</summary>
    private static async Task RunAsync(LedgerFixture fixture, Random random)
    {
        var open = new List<LedgerEntry>();
        for (var i = 0; i < 60; i++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    var entry = LedgerFixture.Entry($"req_{i}");
                    (await fixture.Ledger.ReserveAsync(entry)).ShouldBeTrue();
                    open.Add(entry);
                    break;
                case 2 when open.Count > 0:
                    fixture.Ledger.Checkpoint(open[random.Next(open.Count)], new TokenUsage(7, 0, 0, 0, random.Next(100), 0));
                    break;
                case 3 when open.Count > 0:
                    var ended = open[random.Next(open.Count)];
                    open.Remove(ended);
                    (await fixture.Ledger.SettleAsync(ended, LedgerFixture.Outcome(ended, random.Next(10_000), (UsageStatus)random.Next(5)))).ShouldBeTrue();
                    break;
                default:
                    break;
            }
        }
    }

    private static List<string> Requests(IEnumerable<MemoryJournal.Record> log, JournalRecordType type)
        => [.. log.Where(record => record.Type == type)
            .Select(record => LedgerCodec.TryReadRequestId(record.Payload, out var id) ? System.Text.Encoding.UTF8.GetString(id) : "")];

    private static List<string> Ids(IEnumerable<string> account) => [.. account.Select(row => row.Split(' ')[0])];
}
