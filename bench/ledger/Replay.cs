using System.Diagnostics;
using Sluice.Journal;
using Sluice.Usage;

namespace Sluice.Ledger.Benchmarks;

/// <summary>What a start does with the records of the journal, without reading them from the disk.</summary>
internal static class Replay
{
    /// <summary>Replays so many records, reservations and outcomes of a thousand overlapping calls, and returns how long that took.</summary>
    public static TimeSpan Run(int records)
    {
        const int AtOnce = 1_000;
        var calls = new SampleCalls(records, DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.FromDays(1));
        var log = new List<(JournalRecordType Type, byte[] Payload)>(records);
        for (var i = 0; log.Count < records; i++)
        {
            log.Add((JournalRecordType.Reserve, Payload(calls.Call(i), isOutcome: false)));
            if (i >= AtOnce)
            {
                log.Add((JournalRecordType.Settle, Payload(calls.Call(i - AtOnce), isOutcome: true)));
            }
        }

        // The last tenth is not in the database yet, and has to be decoded in full.
        var replay = new LedgerReplay(watermark: records / 10 * 9);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < log.Count; i++)
        {
            replay.Visit(log[i].Type, i + 1, log[i].Payload);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static byte[] Payload(UsageRecord record, bool isOutcome)
    {
        var buffer = LedgerCodec.Buffer;
        return buffer[..(isOutcome ? LedgerCodec.WriteSettle(buffer, record) : LedgerCodec.WriteReserve(buffer, Entry(record)))].ToArray();
    }

    private static LedgerEntry Entry(UsageRecord record) => new()
    {
        RequestId = record.RequestId,
        KeyId = record.KeyId,
        KeyName = record.KeyName,
        Model = record.Model,
        Provider = record.Provider,
        UpstreamModel = record.UpstreamModel,
        Credential = record.Credential,
        Operation = record.Operation,
        PriceId = record.PriceId,
        AtMicros = record.AtMicros,
    };
}
