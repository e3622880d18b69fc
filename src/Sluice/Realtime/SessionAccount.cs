using Sluice.Limits.Budgets;
using Sluice.Pipeline;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIRealtime;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Realtime;

/// <summary>What the accounts of all sessions are kept with.</summary>
internal sealed record AccountBooks(ILedger Ledger, IBudgetGate Budgets, GatewayMetrics Metrics, ITargetPrices Prices, TimeProvider Time);

/// <summary>
/// The money of one session. A vendor that listens for speech begins responses by itself, so the next response is reserved at
/// all times: in the session's budgets, for the most that it can cost as the conversation stands, and in the journal.
/// When a response begins it takes that reservation over and another is made; when it is done it is settled as a call of
/// its own, whose request id is the session's with a number.
/// </summary>
internal sealed class SessionAccount(GatewayCall call, AccountBooks books) : IDisposable
{
    /// <summary>The reservation is made for a longer conversation than there is, so that it need not be renewed with every event.</summary>
    private const long LeastHeadroom = 2_048;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConversationBound _conversation = new();
    private readonly List<RunningResponse> _running = [];
    private TaskCompletionSource? _quiet;
    private long _held;
    private int _responses;
    private int _transcripts;

    /// <summary>The refusal, while the budgets do not cover another response; null while they do.</summary>
    public GatewayError? Short { get; private set; }

    /// <summary>The model that transcribes the caller's audio, as the vendor names it; empty where none does.</summary>
    public string TranscriptionModel { get; set; } = "";

    /// <summary>True while the vendor is making a response.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_running)
            {
                return _running.Count > 0;
            }
        }
    }

    /// <summary>Completes when no response is being made.</summary>
    public Task Quiet
    {
        get
        {
            lock (_running)
            {
                return _running.Count == 0 ? Task.CompletedTask : (_quiet ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Takes what the client has said into the conversation; <see cref="CoverAsync"/> must follow before it is sent.</summary>
    public void Heard(in RealtimeEvent read, ReadOnlySpan<byte> message) => _conversation.Add(in read, message);

    /// <summary>Sees to it that the next response is reserved. Nothing that may cause one is sent to the vendor before.</summary>
    /// <returns>Null, or why it is not.</returns>
    public async ValueTask<GatewayError?> CoverAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await CoverInTurnAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes that the client asks for a response: one that a crash hides is charged from this.</summary>
    public async ValueTask AskedAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        books.Ledger.Checkpoint(call.Entry!, new TokenUsage(EstimatedInput, 0, 0, 0, 0, 0));
        _turn.Release();
    }

    /// <summary>A response begins and takes the reservation over.</summary>
    /// <returns>False when there was none to take, or it is not durable: the vendor must stop.</returns>
    public async ValueTask<bool> BeginAsync(string id)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var covered = call.Hold is not null || call.Budgets.Length == 0 || CostWith(0) is null;
            if (!covered)
            {
                await books.Budgets.ReserveAsync(call.Budgets, 0, call.Hold = new BudgetHold()).ConfigureAwait(false);
            }

            var entry = NewEntry(Operation.RealtimeResponse, ++_responses, "", call.Target!.Model, call.Target.Price?.Id, call.Hold);
            var durable = await books.Ledger.ReserveAsync(entry).ConfigureAwait(false);
            lock (_running)
            {
                _running.Add(new RunningResponse(id, entry, call.Hold, books.Time.GetTimestamp()));
            }

            books.Metrics.CallStarted();
            (call.Hold, _held) = (null, 0);
            var uncovered = await CoverInTurnAsync().ConfigureAwait(false);
            books.Ledger.Checkpoint(call.Entry!, default);
            return covered && durable && uncovered?.Kind != ErrorKind.Unavailable;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Counts a piece of a response.</summary>
    public void Count(in RealtimeEvent piece, ReadOnlySpan<byte> message)
    {
        lock (_running)
        {
            if (_running.Count > 0)
            {
                OwnerOf(in piece, message).Count(in piece, books.Time.GetTimestamp());
            }
        }
    }

    /// <summary>A response is done: settles it. The client may be told when this is true.</summary>
    /// <param name="id">The vendor's id.</param>
    /// <param name="failed">True when the vendor says that it failed.</param>
    /// <param name="usage">What the vendor counted; null where it did not.</param>
    /// <returns>False when the outcome is not durable.</returns>
    public async ValueTask<bool> EndAsync(string id, bool failed, TokenUsage? usage)
    {
        RunningResponse? response;
        lock (_running)
        {
            response = _running.Find(one => one.Id == id);
        }

        if (response is null)
        {
            await BeginAsync(id).ConfigureAwait(false);
            lock (_running)
            {
                response = _running.Find(one => one.Id == id)!;
            }
        }

        var (status, tokens) = usage is { } counted && (counted.Total > 0 || !failed) ? (UsageStatus.Settled, counted)
            : failed ? (UsageStatus.Failed, default)
            : (UsageStatus.Estimated, response.Estimate());
        var durable = await SettleAsync(response, status, tokens).ConfigureAwait(false);
        if (Short is not null)
        {
            // What the response did not use may be enough for the next one.
            await CoverAsync().ConfigureAwait(false);
        }

        return durable;
    }

    /// <summary>A transcript of the caller's audio has come, which another model has made and another price is for.</summary>
    /// <returns>False when the outcome is not durable.</returns>
    public async ValueTask<bool> TranscribedAsync(TokenUsage? usage, decimal seconds)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var model = TranscriptionModel;
            var provider = call.Target!.Provider.Name;
            var price = books.Prices.Find(model, provider, model) ?? books.Prices.Find($"{provider}/{model}", provider, model);
            var tokens = usage ?? default;
            var cost = usage is not null ? price?.Cost(in tokens) : price?.CostOfSeconds(seconds);
            BudgetHold? hold = null;
            if (call.Budgets.Length > 0)
            {
                // Made already, so it is booked even where nothing is left; the next response then finds nothing.
                hold = new BudgetHold();
                if (!(await books.Budgets.ReserveAsync(call.Budgets, cost ?? 0, hold).ConfigureAwait(false)).Allowed)
                {
                    await books.Budgets.ReserveAsync(call.Budgets, 0, hold).ConfigureAwait(false);
                }
            }

            var entry = NewEntry(Operation.RealtimeTranscription, ++_transcripts, "t", model, price?.Id, hold);
            return await BookAsync(entry, hold, UsageStatus.Settled, tokens, cost, books.Time.GetTimestamp(), 0).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The session is over: what the vendor had not finished is settled with what passed of it.</summary>
    public async ValueTask CloseAsync()
    {
        while (true)
        {
            RunningResponse? response;
            lock (_running)
            {
                response = _running.LastOrDefault();
            }

            if (response is null)
            {
                return;
            }

            await SettleAsync(response, UsageStatus.Estimated, response.Estimate()).ConfigureAwait(false);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The response that a piece belongs to. Nearly always there is but one, and then no text is made of the id.</summary>
    private RunningResponse OwnerOf(in RealtimeEvent piece, ReadOnlySpan<byte> message)
    {
        if (_running.Count == 1)
        {
            return _running[0];
        }

        var id = RealtimeEvent.TextOf(message, piece.ResponseId);
        return _running.Find(one => one.Id == id) ?? _running[^1];
    }

    private long EstimatedInput => Math.Max(1, _conversation.Said / Settlement.BytesPerToken);

    private async ValueTask<GatewayError?> CoverInTurnAsync()
    {
        if (call.Budgets.Length == 0 || CostWith(0) is not { } need || (call.Hold is not null && _held >= need))
        {
            return null;
        }

        var wanted = CostWith(Math.Max(LeastHeadroom, _conversation.Tokens / 4)) ?? need;
        var fresh = new BudgetHold();
        var decision = await books.Budgets.ReserveAsync(call.Budgets, wanted, fresh).ConfigureAwait(false);
        if (decision is { Allowed: false, IsUnknown: false })
        {
            // What is held already may be what is missing.
            GiveBack();
            wanted = need;
            decision = await books.Budgets.ReserveAsync(call.Budgets, need, fresh).ConfigureAwait(false);
        }

        Short = decision.Allowed ? null : BudgetErrors.Of(decision);
        if (decision.Allowed)
        {
            GiveBack();
            (call.Hold, _held) = (fresh, wanted);
        }

        // Before the first attempt there is no entry yet; the attempt makes it.
        if (call.Entry is { ReserveSequence: > 0 } entry)
        {
            entry.Charges = BudgetAdmission.ChargesOf(call.Hold);
            if (!await books.Ledger.ReserveAsync(entry).ConfigureAwait(false))
            {
                return PipelineErrors.LedgerUnavailable();
            }
        }

        return Short;
    }

    private void GiveBack()
    {
        if (call.Hold is { } old)
        {
            books.Budgets.Settle(old, 0);
            (call.Hold, _held) = (null, 0);
        }
    }

    /// <summary>The most that the next response costs; before the target is known, with the dearest that may serve.</summary>
    private long? CostWith(long headroom)
    {
        if (call.Answered)
        {
            return call.Target!.Price is { } price ? _conversation.Cost(call.Target.Info, price, headroom) : null;
        }

        long? dearest = null;
        foreach (var target in call.Candidates)
        {
            var cost = target.Price is { } price ? _conversation.Cost(target.Info, price, headroom) : null;
            dearest = cost is not null && !(cost <= dearest) ? cost : dearest;
        }

        return dearest;
    }

    private async ValueTask<bool> SettleAsync(RunningResponse response, UsageStatus status, TokenUsage tokens)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var cost = status == UsageStatus.Failed ? 0 : call.Target!.Price?.Cost(in tokens);
            if (tokens.Suspect && response.Hold is { Count: > 0 } hold && cost > hold.ReservedNano(0))
            {
                cost = hold.ReservedNano(0);
            }

            _conversation.AddOutput(tokens.TotalOutput);
            var durable = await BookAsync(response.Entry, response.Hold, status, tokens, cost, response.StartedAt, response.FirstPieceAt).ConfigureAwait(false);
            lock (_running)
            {
                _running.Remove(response);
                if (_running.Count == 0)
                {
                    _quiet?.TrySetResult();
                    _quiet = null;
                }
            }

            var series = call.Target!.Series;
            books.Metrics.CallEnded(series, new CallSummary
            {
                Operation = Operation.RealtimeResponse,
                HttpStatus = status == UsageStatus.Failed ? StatusCodes.Status502BadGateway : StatusCodes.Status200OK,
                Tokens = tokens,
                Estimated = status == UsageStatus.Estimated,
                CostNanoUsd = cost,
                LatencyMicros = Micros(response.StartedAt, books.Time.GetTimestamp()),
                FirstTokenMicros = response.FirstPieceAt == 0 ? 0 : Micros(response.StartedAt, response.FirstPieceAt),
                Attempts = 1,
            });
            return durable;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<bool> BookAsync(LedgerEntry entry, BudgetHold? hold, UsageStatus status, TokenUsage tokens, long? cost, long startedAt, long firstAt)
    {
        if (hold is not null)
        {
            books.Budgets.Settle(hold, cost ?? 0);
        }

        var now = books.Time.GetTimestamp();
        call.LimitHold.Count(tokens.Total, now / (books.Time.TimestampFrequency / 1000));
        return await books.Ledger.SettleAsync(entry, entry.NewRecord() with
        {
            Status = status,
            Tokens = tokens,
            CostNanoUsd = cost,
            LatencyMicros = Micros(startedAt, now),
            FirstTokenMicros = firstAt == 0 ? 0 : Micros(startedAt, firstAt),
            Attempts = 1,
            HttpStatus = status == UsageStatus.Failed ? StatusCodes.Status502BadGateway : StatusCodes.Status200OK,
            Overrun = hold?.IsOverrun == true,
        }).ConfigureAwait(false);
    }

    private LedgerEntry NewEntry(Operation operation, int number, string kind, string model, string? priceId, BudgetHold? hold)
    {
        var session = call.Entry!;
        return new LedgerEntry
        {
            RequestId = $"{session.RequestId}-{kind}{number}",
            ClientRequestId = session.ClientRequestId,
            KeyId = session.KeyId,
            KeyName = session.KeyName,
            User = session.User,
            Model = session.Model,
            Operation = operation.Name,
            Provider = session.Provider,
            UpstreamModel = model,
            Credential = session.Credential,
            PriceId = priceId,
            AtMicros = (books.Time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
            EstimatedInputTokens = EstimatedInput,
            Charges = BudgetAdmission.ChargesOf(hold),
        };
    }

    private long Micros(long from, long to) => (long)((to - from) * (1_000_000.0 / books.Time.TimestampFrequency));
}
