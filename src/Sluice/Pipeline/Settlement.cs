using Sluice.Credentials;
using Sluice.Limits.Budgets;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Transport;
using Sluice.Routing;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>
/// Puts a call on the account: a reservation before its first byte goes upstream, checkpoints while it runs, and its outcome
/// before the client sees its end. Each is durable first, so that whatever happens to the process, every dispatch has
/// exactly one outcome.
/// </summary>
internal sealed partial class Settlement(ILedger ledger, IBudgetGate budgets, TimeProvider time, ILogger<Settlement> logger)
{
    /// <summary>A token is taken for so many bytes where nobody has counted: English is nearer 4, code nearer 3.</summary>
    public const int BytesPerToken = 4;

    /// <summary>Longest text of a client's own request id that is kept.</summary>
    private const int MaxClientRequestId = 128;

    /// <summary>A stream tells what it has used after so many tokens, or so long.</summary>
    private const long CheckpointTokens = 256;

    private readonly long _checkpointInterval = 5 * time.TimestampFrequency;

    /// <summary>Makes the reservation of an attempt durable; nothing may be sent upstream before.</summary>
    /// <returns>False when the journal cannot take it.</returns>
    public ValueTask<bool> ReserveAsync(GatewayCall call, RouteTarget target, CredentialSlot slot)
    {
        if (call.Operation.OfKept)
        {
            // A look at what was paid for costs nothing, and is on no account.
            return new(true);
        }

        var entry = call.Entry ??= Open(call);
        entry.Provider = target.Provider.Name;
        entry.UpstreamModel = target.Model;
        entry.Credential = slot.Name;
        entry.PriceId = target.Price?.Id;
        call.NextCheckpointAt = call.StartedAt + _checkpointInterval;
        call.NextCheckpointTokens = CheckpointTokens;
        return ledger.ReserveAsync(entry);
    }

    /// <summary>Tells the journal what a stream has used so far, when it is time to.</summary>
    public void CheckpointWhenDue(GatewayCall call)
    {
        if (call.Entry is null)
        {
            return;
        }

        var tap = call.Tap!;
        var output = Math.Max(tap.Usage.TotalOutput, tap.OutputTextBytes / BytesPerToken);
        if (output < call.NextCheckpointTokens && time.GetTimestamp() < call.NextCheckpointAt)
        {
            return;
        }

        call.NextCheckpointTokens = output + CheckpointTokens;
        call.NextCheckpointAt = time.GetTimestamp() + _checkpointInterval;
        ledger.Checkpoint(call.Entry, SoFar(call));
    }

    /// <summary>Puts the outcome on the account, once; later calls change nothing. Completes when it is durable.</summary>
    public async ValueTask<CallOutcome> SettleAsync(GatewayCall call)
    {
        if (call.Outcome is { } known)
        {
            return known;
        }

        var (status, tokens) = Account(call);
        var cost = Bounded(call, in tokens, Cost(call, status, in tokens));
        var overrun = SettleBudgets(call, cost);
        var outcome = new CallOutcome(
            status, tokens, cost, Micros(call.StartedAt, time.GetTimestamp()),
            call.FirstByteAt == 0 ? 0 : Micros(call.StartedAt, call.FirstByteAt), Durable: true);

        // Set first: the outcome is decided here, whatever else the answer says while it becomes durable.
        call.Outcome = outcome;
        if (call.Target is not null && !call.Operation.OfKept)
        {
            // A call that was refused before its reservation has no entry yet.
            var entry = call.Entry ??= Open(call);
            if (!await ledger.SettleAsync(entry, MakeRecord(call, outcome, overrun)).ConfigureAwait(false))
            {
                Log.NotDurable(logger, call.RequestId);
                call.Outcome = outcome = outcome with { Durable = false };
            }
        }

        return outcome;
    }

    /// <summary>What a call has used as far as it is known.</summary>
    public static TokenUsage Estimate(GatewayCall call) => SoFar(call);

    /// <summary>Puts an answer on the account before the client sees its last bytes; the client is cut off, and false returned, where that cannot be done.</summary>
    public async ValueTask<bool> SettleAnswerAsync(GatewayCall call, UpstreamConnection upstream)
    {
        if (call.Outcome is { } known)
        {
            return known.Durable;
        }

        if (upstream.BodyComplete || upstream.Failure != TransportFailure.None)
        {
            call.Tap!.Complete();
        }

        if (call.IsOpenAtVendor)
        {
            return true;
        }

        var outcome = await SettleAsync(call).ConfigureAwait(false);
        if (!outcome.Durable)
        {
            call.ErrorCode = "ledger_unavailable";
            call.Http.Abort();
        }

        return outcome.Durable;
    }

    /// <summary>The upstream's own count where it gave one to the end; else what Sluice counted, at least one token each way.</summary>
    private static (UsageStatus Status, TokenUsage Tokens) Account(GatewayCall call)
    {
        if (call.Operation.OfKept)
        {
            // The usage that a kept answer repeats was counted when it was made.
            return (UsageStatus.Settled, default);
        }

        if (!call.Answered)
        {
            return (call.Dispatched ? UsageStatus.Failed : UsageStatus.Void, default);
        }

        var tap = call.Tap!;
        if (tap.HasUsage && (tap.Ended || !call.Streams))
        {
            return (UsageStatus.Settled, tap.Usage);
        }

        return call.Operation.Metered ? (UsageStatus.Estimated, SoFar(call)) : (UsageStatus.Settled, default);
    }

    /// <summary>A stream that broke off may have told its input, and the output so far: what it had not told is counted.</summary>
    private static TokenUsage SoFar(GatewayCall call)
    {
        var tap = call.Tap!;
        var told = tap.Usage;
        var counted = !call.Operation.AnswersInTokens ? 0 : Math.Max(1, tap.OutputTextBytes / BytesPerToken);
        var untold = Math.Max(0, counted - told.TotalOutput);
        return tap.HasUsage
            ? told with { Output = told.Output + untold }
            : new TokenUsage(EstimatedInput(call), 0, 0, 0, untold, 0);
    }

    private static long EstimatedInput(GatewayCall call) => Math.Max(1, call.BodyLength / BytesPerToken);

    private static long? Cost(GatewayCall call, UsageStatus status, in TokenUsage tokens)
        => status is UsageStatus.Failed or UsageStatus.Void || !call.Operation.Metered ? 0 : call.Target?.Price?.Cost(in tokens);

    /// <summary>What an upstream reports that cannot be is charged with no more than was reserved, and somebody must look at it.</summary>
    private long? Bounded(GatewayCall call, in TokenUsage tokens, long? cost)
    {
        if (!tokens.Suspect)
        {
            return cost;
        }

        Log.Absurd(logger, call.RequestId, call.Target!.Provider.Name, call.Target.Model);
        return call.Hold is { Count: > 0 } hold && cost > hold.ReservedNano(0) ? hold.ReservedNano(0) : cost;
    }

    private LedgerEntry Open(GatewayCall call)
    {
        var caller = call.Caller!;
        string? clientId = call.Http.Request.Headers["x-client-request-id"];
        return new LedgerEntry
        {
            RequestId = call.RequestId,
            ClientRequestId = clientId?.Length > MaxClientRequestId ? clientId[..MaxClientRequestId] : clientId,
            KeyId = caller.KeyId,
            KeyName = caller.KeyName,
            User = caller.User,
            Model = call.Model,
            Operation = call.Operation.Name,
            AtMicros = ((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) - Micros(call.StartedAt, time.GetTimestamp()),
            EstimatedInputTokens = EstimatedInput(call),
            Charges = BudgetAdmission.ChargesOf(call),
        };
    }

    /// <summary>Returns true when the call cost more than was reserved for it.</summary>
    private bool SettleBudgets(GatewayCall call, long? cost)
    {
        if (call.Hold is not { } hold)
        {
            return false;
        }

        budgets.Settle(hold, cost ?? 0);
        return hold.IsOverrun;
    }

    private static UsageRecord MakeRecord(GatewayCall call, CallOutcome outcome, bool overrun)
    {
        var entry = call.Entry;
        var target = call.Target!;
        return new UsageRecord
        {
            RequestId = call.RequestId,
            ClientRequestId = entry!.ClientRequestId,
            KeyId = entry.KeyId,
            KeyName = entry.KeyName,
            User = entry.User,
            Model = call.Model,
            Provider = target.Provider.Name,
            UpstreamModel = target.Model,
            Credential = call.Slot!.Name,
            Operation = entry.Operation,
            Status = outcome.Status,
            Tokens = outcome.Tokens,
            CostNanoUsd = outcome.CostNanoUsd,
            LatencyMicros = outcome.LatencyMicros,
            FirstTokenMicros = outcome.FirstTokenMicros,
            Attempts = call.Attempts,
            HttpStatus = call.HttpStatus,
            AtMicros = entry.AtMicros,
            PriceId = target.Price?.Id,
            Charges = entry.Charges,
            Overrun = overrun,
            Detail = CallDetail.Of(call),
        };
    }

    private long Micros(long from, long to) => (long)((to - from) * (1_000_000.0 / time.TimestampFrequency));

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Critical, "{RequestId} could not be made durable in the journal: its client is cut off, and its account rests on what was reserved")]
        public static partial void NotDurable(ILogger logger, string requestId);

        [LoggerMessage(3011, LogLevel.Warning, "{RequestId}: {Provider} reports a usage of {Model} that cannot be; it is cut to what can, and a budget is charged with no more than was reserved")]
        public static partial void Absurd(ILogger logger, string requestId, string provider, string model);
    }
}
