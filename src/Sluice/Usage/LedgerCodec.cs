using Sluice.Protocol.Canonical;

namespace Sluice.Usage;

/// <summary>
/// The ledger's records as bytes: a version, the request's id, then the fields in a fixed order. Members that may be absent
/// are told by flags. A reader of this version ignores what stands behind the fields that it knows.
/// </summary>
internal static class LedgerCodec
{
    private const byte Version = 1;

    /// <summary>A longer trace is left out: it explains a record, and is no part of the account.</summary>
    private const int LongestDetail = 16 * 1024;

    /// <summary>More budgets than any call is under.</summary>
    private const int MostCharges = 64;

    /// <summary>Thirteen texts, sixty-four charges and a trace at their longest.</summary>
    private const int LongestPayload = 32 * 1024;

    [ThreadStatic]
    private static byte[]? Scratch;

    [Flags]
    private enum Has
    {
        ClientRequestId = 1,
        User = 2,
        PriceId = 4,
        Cost = 8,
        Overrun = 16,
        Detail = 32,
        Correction = 64,
    }

    /// <summary>A buffer of the calling thread, large enough for any record; good until the thread writes its next one.</summary>
    public static Span<byte> Buffer => Scratch ??= new byte[LongestPayload];

    /// <summary>Writes a reservation; returns its length.</summary>
    public static int WriteReserve(Span<byte> buffer, LedgerEntry entry)
    {
        var writer = new PayloadWriter(buffer);
        Write(ref writer, entry, default);
        writer.Number(entry.EstimatedInputTokens);
        return writer.Length;
    }

    /// <summary>Writes a checkpoint, which is a reservation and what was used so far; returns its length.</summary>
    public static int WriteCheckpoint(Span<byte> buffer, LedgerEntry entry, in TokenUsage soFar)
    {
        var writer = new PayloadWriter(buffer);
        Write(ref writer, entry, default);
        writer.Number(entry.EstimatedInputTokens);
        Write(ref writer, in soFar);
        return writer.Length;
    }

    /// <summary>Writes an outcome; returns its length.</summary>
    public static int WriteSettle(Span<byte> buffer, UsageRecord record)
    {
        var detail = record.Detail is { Length: <= LongestDetail } kept ? kept : null;
        var writer = new PayloadWriter(buffer);
        Write(
            ref writer,
            record,
            (record.CostNanoUsd is null ? 0 : Has.Cost)
                | (record.Overrun ? Has.Overrun : 0)
                | (detail is null ? 0 : Has.Detail)
                | (record.Correction is null ? 0 : Has.Correction));
        writer.Byte((byte)record.Status);
        var tokens = record.Tokens;
        Write(ref writer, in tokens);
        writer.Number(record.LatencyMicros);
        writer.Number(record.FirstTokenMicros);
        writer.Number(record.Attempts);
        writer.Number(record.HttpStatus);
        if (record.CostNanoUsd is { } cost)
        {
            writer.Number(cost);
        }

        if (record.Correction is { } correction)
        {
            writer.Number(correction.RecordId);
            writer.Text(correction.Reason);
            writer.Text(correction.MadeBy);
        }

        if (detail is not null)
        {
            writer.Bytes(detail);
        }

        return writer.Length;
    }

    /// <summary>Reads the request's id alone, as UTF-8; false for bytes of another version, or none of ours.</summary>
    public static bool TryReadRequestId(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> requestId)
    {
        var reader = new PayloadReader(payload);
        var known = reader.Byte() == Version;
        requestId = known ? reader.Utf8() : default;
        return known && !reader.IsBroken;
    }

    /// <summary>Reads a reservation, or a checkpoint with what was used; null for bytes of another version, or none of ours.</summary>
    public static (LedgerEntry Entry, TokenUsage? SoFar)? ReadOpen(ReadOnlySpan<byte> payload, bool isCheckpoint)
    {
        var reader = new PayloadReader(payload);
        if (ReadIdentity(ref reader) is not { } identity)
        {
            return null;
        }

        var estimate = reader.Number();
        TokenUsage? soFar = isCheckpoint ? ReadTokens(ref reader) : null;
        return reader.IsBroken ? null : (Entry(identity.Record, estimate), soFar);
    }

    /// <summary>Reads an outcome; null for bytes of another version, or none of ours.</summary>
    public static UsageRecord? ReadSettle(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        if (ReadIdentity(ref reader) is not var (record, has))
        {
            return null;
        }

        record = record with
        {
            Status = (UsageStatus)reader.Byte(),
            Tokens = ReadTokens(ref reader),
            LatencyMicros = reader.Number(),
            FirstTokenMicros = reader.Number(),
            Attempts = (int)reader.Number(),
            HttpStatus = (int)reader.Number(),
            CostNanoUsd = has.HasFlag(Has.Cost) ? reader.Number() : null,
            Overrun = has.HasFlag(Has.Overrun),
            Correction = has.HasFlag(Has.Correction) ? new UsageCorrection(reader.Number(), reader.Text(), reader.Text()) : null,
            Detail = has.HasFlag(Has.Detail) ? reader.Bytes() : null,
        };
        return reader.IsBroken || record.Status > UsageStatus.Void ? null : record;
    }

    private static void Write<T>(ref PayloadWriter writer, T call, Has has)
        where T : class, ICallIdentity
    {
        writer.Byte(Version);
        writer.Text(call.RequestId);
        writer.Byte((byte)(has
            | (call.ClientRequestId is null ? 0 : Has.ClientRequestId)
            | (call.User is null ? 0 : Has.User)
            | (call.PriceId is null ? 0 : Has.PriceId)));
        writer.Number(call.AtMicros);
        writer.Text(call.KeyId);
        writer.Text(call.KeyName);
        writer.Text(call.Model);
        writer.Text(call.Provider);
        writer.Text(call.UpstreamModel);
        writer.Text(call.Credential);
        writer.Text(call.Operation);
        WriteIfAny(ref writer, call.ClientRequestId);
        WriteIfAny(ref writer, call.User);
        WriteIfAny(ref writer, call.PriceId);
        var charges = call.Charges;
        var count = Math.Min(charges.Count, MostCharges);
        writer.Byte((byte)count);
        for (var i = 0; i < count; i++)
        {
            writer.Number(charges[i].PeriodId);
            writer.Number(charges[i].ReservedNanoUsd);
        }
    }

    private static void WriteIfAny(ref PayloadWriter writer, string? text)
    {
        if (text is not null)
        {
            writer.Text(text);
        }
    }

    private static void Write(ref PayloadWriter writer, in TokenUsage tokens)
    {
        writer.Number(tokens.Input);
        writer.Number(tokens.CacheRead);
        writer.Number(tokens.CacheWrite5m);
        writer.Number(tokens.CacheWrite1h);
        writer.Number(tokens.Output);
        writer.Number(tokens.Reasoning);
        writer.Number(tokens.AudioInput);
        writer.Number(tokens.ImageInput);
        writer.Number(tokens.AudioOutput);
        writer.Number(tokens.ImageOutput);
        writer.Number(tokens.WebSearches);
        writer.Byte((byte)tokens.Tier);
    }

    // The initialisers below run in the order in which they stand, which is the order of the fields.
    private static (UsageRecord Record, Has Has)? ReadIdentity(ref PayloadReader reader)
    {
        if (reader.Byte() != Version)
        {
            return null;
        }

        var requestId = reader.Text();
        var has = (Has)reader.Byte();
        var record = new UsageRecord
        {
            RequestId = requestId,
            AtMicros = reader.Number(),
            KeyId = reader.Text(),
            KeyName = reader.Text(),
            Model = reader.Text(),
            Provider = reader.Text(),
            UpstreamModel = reader.Text(),
            Credential = reader.Text(),
            Operation = reader.Text(),
            ClientRequestId = has.HasFlag(Has.ClientRequestId) ? reader.Text() : null,
            User = has.HasFlag(Has.User) ? reader.Text() : null,
            PriceId = has.HasFlag(Has.PriceId) ? reader.Text() : null,
            Charges = ReadCharges(ref reader),
        };
        return reader.IsBroken ? null : (record, has);
    }

    private static BudgetCharge[] ReadCharges(ref PayloadReader reader)
    {
        var count = Math.Min((int)reader.Byte(), MostCharges);
        var charges = count == 0 ? [] : new BudgetCharge[count];
        for (var i = 0; i < count; i++)
        {
            charges[i] = new BudgetCharge(reader.Number(), reader.Number());
        }

        return charges;
    }

    private static TokenUsage ReadTokens(ref PayloadReader reader)
        => new(reader.Number(), reader.Number(), reader.Number(), reader.Number(), reader.Number(), reader.Number())
        {
            AudioInput = reader.Number(),
            ImageInput = reader.Number(),
            AudioOutput = reader.Number(),
            ImageOutput = reader.Number(),
            WebSearches = reader.Number(),
            Tier = (ServiceTier)reader.Byte(),
        };

    private static LedgerEntry Entry(UsageRecord record, long estimatedInputTokens) => new()
    {
        RequestId = record.RequestId,
        ClientRequestId = record.ClientRequestId,
        KeyId = record.KeyId,
        KeyName = record.KeyName,
        User = record.User,
        Model = record.Model,
        Provider = record.Provider,
        UpstreamModel = record.UpstreamModel,
        Credential = record.Credential,
        Operation = record.Operation,
        PriceId = record.PriceId,
        AtMicros = record.AtMicros,
        Charges = record.Charges,
        EstimatedInputTokens = estimatedInputTokens,
    };
}
