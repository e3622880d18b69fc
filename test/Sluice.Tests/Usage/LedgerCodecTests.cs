using FsCheck;
using FsCheck.Fluent;
using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

public sealed class LedgerCodecTests
{
    [Fact]
    public void ReadSettle_WhatWasWritten_IsTheSame()
        => Prop.ForAll(
            ArbMap.Default.GeneratorFor<(string Text, long Number, bool Flag, byte Small)>().ToArbitrary(),
            sample =>
            {
                var text = Clean(sample.Text);
                var record = UsageRecords.Create(sample.Small) with
                {
                    RequestId = "req_" + text,
                    ClientRequestId = sample.Flag ? text : null,
                    User = sample.Flag ? null : text,
                    Status = (UsageStatus)(sample.Small % 5),
                    Tokens = new TokenUsage(sample.Number, 1, long.MaxValue, 3, -sample.Number, 5),
                    CostNanoUsd = sample.Flag ? sample.Number : null,
                    PriceId = sample.Flag ? "price" : null,
                    Overrun = sample.Flag,
                    Detail = sample.Flag ? [1, 2, sample.Small] : null,
                    Correction = sample.Flag ? new UsageCorrection(sample.Number, text, "admin") : null,
                    Charges = sample.Flag ? [new BudgetCharge(1, sample.Number), new BudgetCharge(long.MaxValue, long.MinValue)] : [],
                };

                var read = LedgerCodec.ReadSettle(Settle(record)).ShouldNotBeNull();

                read.Charges.ShouldBe(record.Charges);
                read.Detail.ShouldBe(record.Detail);
                (read with { Charges = record.Charges, Detail = record.Detail, JournalSequence = record.JournalSequence }).ShouldBe(record);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void ReadOpen_Checkpoint_CarriesAllThatASettlementNeeds()
    {
        var entry = Entry("req_1");
        var soFar = new TokenUsage(1, 2, 3, 4, 5, 6);
        var buffer = LedgerCodec.Buffer;

        var (read, tokens) = LedgerCodec.ReadOpen(buffer[..LedgerCodec.WriteCheckpoint(buffer, entry, in soFar)], isCheckpoint: true).ShouldNotBeNull();

        tokens.ShouldBe(soFar);
        (read.NewRecord() with { Charges = [] }).ShouldBe(entry.NewRecord() with { Charges = [] });
        read.Charges.ShouldBe(entry.Charges);
        read.EstimatedInputTokens.ShouldBe(entry.EstimatedInputTokens);
    }

    [Fact]
    public void Write_TextsAndTracesBeyondReason_StayBounded()
    {
        var huge = new string('ж', 100_000);
        var record = UsageRecords.Create(1) with
        {
            RequestId = huge,
            ClientRequestId = huge,
            KeyId = huge,
            KeyName = huge,
            User = huge,
            Model = huge,
            Provider = huge,
            UpstreamModel = huge,
            Credential = huge,
            PriceId = huge,
            Operation = huge,
            Detail = new byte[1_000_000],
            Charges = [.. Enumerable.Range(0, 1000).Select(i => new BudgetCharge(long.MinValue, long.MinValue))],
        };

        var read = LedgerCodec.ReadSettle(Settle(record)).ShouldNotBeNull();

        read.Model.ShouldBe(new string('ж', 256));
        read.Detail.ShouldBeNull();
        LedgerCodec.ReadSettle(Settle(record with { Detail = new byte[16 * 1024] })).ShouldNotBeNull().Detail!.Length.ShouldBe(16 * 1024);
    }

    [Fact]
    public void Read_MutatedBytes_NeverThrows()
    {
        var random = new Random(20260101);
        var settle = Settle(UsageRecords.Create(1) with { Detail = [1, 2, 3], Charges = [new BudgetCharge(1, 2)], Correction = new UsageCorrection(1, "a", "b") });
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = settle.AsSpan(0, random.Next(settle.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            LedgerCodec.ReadSettle(bytes);
            LedgerCodec.ReadOpen(bytes, isCheckpoint: i % 2 == 0);
            LedgerCodec.TryReadRequestId(bytes, out _);
        }
    }

    [Fact]
    public void Read_AnotherVersion_IsToldApart()
    {
        var bytes = Settle(UsageRecords.Create(1));
        bytes[0] = 2;

        LedgerCodec.ReadSettle(bytes).ShouldBeNull();
        LedgerCodec.TryReadRequestId(bytes, out _).ShouldBeFalse();
    }

    [Fact]
    public void Write_Warm_AllocatesNothing()
    {
        var record = UsageRecords.Create(1);
        var entry = Entry("req_1");
        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            Write();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Write()
        {
            LedgerCodec.WriteReserve(LedgerCodec.Buffer, entry);
            LedgerCodec.WriteSettle(LedgerCodec.Buffer, record);
        }
    }

    private static byte[] Settle(UsageRecord record)
    {
        var buffer = LedgerCodec.Buffer;
        return buffer[..LedgerCodec.WriteSettle(buffer, record)].ToArray();
    }

    /// <summary>What a text is after UTF-8 and back: lone surrogates are replaced, and longer ones cut.</summary>
    private static string Clean(string? text)
        => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes((text ?? "")[..Math.Min(text?.Length ?? 0, 200)]));

    private static LedgerEntry Entry(string requestId) => new()
    {
        RequestId = requestId,
        ClientRequestId = "client",
        KeyId = "file:ci",
        KeyName = "ci",
        User = "ada",
        Model = "smart",
        Operation = "chat",
        PriceId = "p",
        EstimatedInputTokens = 99,
        AtMicros = 123_456_789,
        Charges = [new BudgetCharge(5, 6)],
    };
}
