using Microsoft.AspNetCore.Http.Features;
using Sluice.Auth;
using Sluice.Idempotency;
using Sluice.Limits;
using Sluice.Limits.Budgets;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Routing;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>
/// The way of a request, from a client's bytes to its account:
/// <code>
/// client bytes
///  (1) identify   credential in the request → Caller
///  (2) peek       model, stream, maximum of tokens; the body's bytes are kept as they came
///  (3) route      model name → targets that serve the operation, best first
///  (4) admit      model allowed? rate, tokens, concurrency; a call that is repeated is answered as
///                 before; the most that the call can cost is reserved in its budgets
///  (5) attempt    per candidate: lease a credential → reservation durable → send → classify; commit to the client at the
///                 first good event, fail over before it; then relay, while a tap reads what passes
///  (6) settle     tap → token buckets → price → outcome durable, before the client sees the end; what was held is given back
///  (7) record     one set of metrics, one span, one log line when it failed
/// </code>
/// Failover loops, so this is a method and not a chain of middleware. Runs on the socket's thread: nothing here blocks.
/// </summary>
internal sealed partial class GatewayPipeline(
    GatewayRuntime runtime,
    ICallerRegistry callers,
    LimiterSet limiters,
    IdempotencyGate idempotency,
    ResponseContinuation continuation,
    KeptResponseLane kept,
    BackgroundResponses background,
    VendorRuns vendorRuns,
    AttemptEngine attempts,
    Settlement settlement,
    IBudgetGate budgets,
    RecentRefusals refusals,
    CallWatchdog watchdog,
    GatewayMetrics metrics,
    CallLog calls,
    TimeProvider time,
    ILogger<GatewayPipeline> logger)
{
    /// <summary>Longest model name, in characters.</summary>
    private const int MaxModelName = 512;

    /// <summary>Serves one call of a model endpoint.</summary>
    /// <param name="http">The request; its endpoint has been matched and nothing of its body read.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="inPath">What stands in the path or the query, decoded: the model, or the id of a kept answer. Null where the body says all.</param>
    /// <param name="serve">Serves what was admitted in a way of its own; null for the attempts and lanes of ordinary calls.</param>
    /// <param name="versionInBody">True for Messages on a cloud platform's path (<see cref="GatewayCall.VersionInBody"/>).</param>
    public async Task RunAsync(
        HttpContext http, Operation operation, string? inPath = null, Func<GatewayCall, RuntimeSnapshot, Task>? serve = null, bool versionInBody = false)
    {
        var snapshot = runtime.Current;
        var call = Begin(http, operation, snapshot, versionInBody);
        try
        {
            var refused = Identify(call) ?? (operation.OfKept
                ? await kept.FindAsync(call, snapshot, inPath!).ConfigureAwait(false) ?? AdmitLook(call)
                : await ReadAsync(call, inPath, snapshot).ConfigureAwait(false)
                    ?? Route(call, snapshot)
                    ?? await continuation.ResumeAsync(call, snapshot).ConfigureAwait(false));
            var detaches = refused is null && BackgroundResponses.Takes(call);
            refused ??= operation.OfKept ? null
                : (detaches ? null : Admit(call))
                    ?? await BeginIdempotentAsync(call).ConfigureAwait(false)
                    ?? (detaches ? null : await AdmitCostAsync(call, snapshot).ConfigureAwait(false));
            call.Background?.Admitted(refused);
            if (refused is null && call.Replay is { } answer)
            {
                await ClientResponse.ReplayAsync(call, answer, snapshot.Config.Server.WriteTimeout).ConfigureAwait(false);
            }
            else if (refused is null && detaches)
            {
                await background.BeginAsync(call, snapshot, detached => RunAsync(detached, operation)).ConfigureAwait(false);
            }
            else if (refused is null && KeptResponseLane.Answers(call))
            {
                await kept.AnswerAsync(call, snapshot).ConfigureAwait(false);
            }
            else if (refused is null)
            {
                await (serve ?? attempts.ServeAsync)(call, snapshot).ConfigureAwait(false);
                await kept.NoteAsync(call).ConfigureAwait(false);
            }
            else if (!call.ClientGone)
            {
                SeeLimits(call);
                await ClientResponse.RefuseAsync(call, refused).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // Only a defect comes here: every expected failure is a value.
            Log.Defect(logger, e, call.RequestId, operation.Name);
            call.ErrorCode = "internal_error";
            if (call.Committed || http.Response.HasStarted)
            {
                http.Abort();
            }
            else
            {
                await ClientResponse.RefuseAsync(call, PipelineErrors.Internal()).ConfigureAwait(false);
            }
        }
        finally
        {
            await SettleAsync(call).ConfigureAwait(false);
        }
    }

    private GatewayCall Begin(HttpContext http, Operation operation, RuntimeSnapshot snapshot, bool versionInBody)
    {
        // What no connection belongs to is made in a client's stead.
        var client = http.Features.Get<ClientConnection>();
        var detached = client is null ? http.Features.Get<DetachedCall>() : null;
        var call = new GatewayCall(http, operation, detached?.Run?.RequestId ?? RequestId.Next(), time.GetTimestamp(), watchdog)
        {
            DetachedDrain = snapshot.Config.Server.DetachedDrain,
            Background = detached?.Run,
            Caller = detached?.Caller,
            VersionInBody = versionInBody,
        };
        if (operation.AlwaysStreams)
        {
            call.Streams = true;
            call.Framing = http.Request.Query["alt"] == "sse" ? ResponseFraming.Sse : ResponseFraming.JsonArray;
        }

        call.Background?.Begin(call);
        metrics.CallStarted();
        call.Span = GatewayTracing.StartCall(operation, http.Request.Headers.TraceParent, http.Request.Headers.TraceState);
        call.Client = client ?? new ClientConnection();
        call.Client.Watch(call);
        if (HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            // Many calls share a connection there, and one of them may be reset alone.
            call.Aborted = http.RequestAborted.UnsafeRegister(static self => ((GatewayCall)self!).OnClientGone(), call);
        }

        watchdog.Add(call);
        return call;
    }

    // :: (1) Who calls? A key is hashed once per connection and then known by the header's own string.
    private GatewayError? Identify(GatewayCall call)
    {
        if (call.Caller is not null)
        {
            // Made in the stead of a client that was identified before.
            return null;
        }

        if (CredentialExtractor.Extract(call.Http.Request, allowQuery: true, out var credential) is { } malformed)
        {
            return malformed;
        }

        if (credential.IsEmpty)
        {
            return CredentialExtractor.Missing;
        }

        var generation = callers.Generation;
        if (call.Client.Remembered(in credential, generation) is { } known
            && (known.ExpiresAt is not { } end || end > time.GetUtcNow()))
        {
            call.Caller = known;
            return null;
        }

        call.Caller = callers.Find(credential.Text);
        if (call.Caller is null)
        {
            return CredentialExtractor.Unknown;
        }

        if (!call.Caller.MayInfer)
        {
            return CredentialExtractor.NotForModels;
        }

        call.Client.Remember(in credential, call.Caller, generation);
        return null;
    }

    private static async ValueTask<GatewayError?> ReadAsync(GatewayCall call, string? pathModel, RuntimeSnapshot snapshot)
    {
        if (!call.Operation.Upgrades)
        {
            return await RequestBody.ReadAsync(call, snapshot.Config.Server.MaxRequestBytes).ConfigureAwait(false) ?? Peek(call, pathModel, snapshot);
        }

        call.Model = pathModel is { Length: <= MaxModelName } ? pathModel : "";
        return call.Model.Length > 0 ? null : PipelineErrors.ModelMissing();
    }

    // :: (2) What is asked? The one pass over the body that also refuses what two parsers could read in two ways.
    private static GatewayError? Peek(GatewayCall call, string? pathModel, RuntimeSnapshot snapshot)
    {
        if (pathModel is not null && !call.Operation.ModelInPath)
        {
            RequestBody.NameModel(call, pathModel);
        }

        if (RequestPeeker.Peek(call.Body, call.Operation, snapshot.Config.Server.MaxJsonDepth, out var peek) is { } malformed)
        {
            return malformed;
        }

        call.Peek = peek;
        if (peek.Stream && call.Operation.StreamsByBody)
        {
            call.Streams = true;
            call.Framing = ResponseFraming.Sse;
        }

        if (pathModel is not null)
        {
            call.Model = pathModel;
            return null;
        }

        return FindRoute(call, snapshot, in peek);
    }

    // The name is compared as characters on the stack; a string is made only for a name that no route has.
    private static GatewayError? FindRoute(GatewayCall call, RuntimeSnapshot snapshot, in RequestPeek peek)
    {
        Span<char> name = stackalloc char[MaxModelName];
        if (!ModelName.TryDecode(call.Body, in peek, name, out var length))
        {
            return PipelineErrors.ModelUnknown("");
        }

        call.Route = snapshot.Routes.Find(name[..length]);
        call.Model = call.Route?.Name ?? name[..length].ToString();
        return null;
    }

    // :: (3) What can serve it?
    private static GatewayError? Route(GatewayCall call, RuntimeSnapshot snapshot)
    {
        call.Route ??= snapshot.Routes.Find(call.Model);
        if (call.Route is null)
        {
            return PipelineErrors.ModelUnknown(call.Model);
        }

        call.Model = call.Route.Name;
        call.Candidates = call.Route.Order(call.Operation);
        if (call.Caller!.Binding is { } binding)
        {
            call.Candidates = BoundTargets.Of(call.Candidates, binding, call.Route.NextBoundTurn());
            if (call.Candidates.Length == 0)
            {
                return PipelineErrors.NoBoundCredential(call.Model);
            }
        }

        return call.Operation == Operation.FetchPredictOperation ? PinnedOperation.Place(call) : null;
    }

    // :: (4) May it be served? All limits are checked, then all taken, or none.
    private GatewayError? Admit(GatewayCall call)
    {
        var caller = call.Caller!;
        if (!caller.Models.Allows(call.Model))
        {
            return PipelineErrors.ModelNotAllowed(call.Model);
        }

        if (call.Candidates.Length == 0 && !KeptResponseLane.Answers(call))
        {
            return PipelineErrors.DialectNotServed(call.Route!, call.Operation);
        }

        var demand = new LimitDemand(call.BodyLength / Settlement.BytesPerToken, call.Peek.MaxTokensValue, Milliseconds(time.GetTimestamp()));
        call.Limit = limiters.Acquire(SubjectsOf(call, caller), in demand, ref call.LimitHold);
        call.LimitSeenAt = time.GetUtcNow();
        return call.Limit.Refused == LimitKind.None ? null : PipelineErrors.Limited(call.Limit);
    }

    // A look at what is kept counts as a request and uses no tokens.
    private GatewayError? AdmitLook(GatewayCall call)
    {
        if (call.Http.Features.Get<DetachedCall>() is not null)
        {
            return null;
        }

        var demand = new LimitDemand(0, 0, Milliseconds(time.GetTimestamp()));
        call.Limit = limiters.Acquire(SubjectsOf(call, call.Caller!), in demand, ref call.LimitHold);
        call.LimitSeenAt = time.GetUtcNow();
        return call.Limit.Refused == LimitKind.None ? null : PipelineErrors.Limited(call.Limit);
    }

    /// <summary>Where the client names its call, it is made once: what it repeats is answered as before.</summary>
    private async ValueTask<GatewayError?> BeginIdempotentAsync(GatewayCall call)
    {
        if (!call.Operation.Metered)
        {
            return null;
        }

        var request = call.Http.Request;
        if (IdempotencyKey.Read(request.Headers, out var key) is { } malformed)
        {
            return malformed;
        }

        if (key is null)
        {
            return null;
        }

        var route = $"{request.Method} {request.Path} {call.Framing}";
        var decision = await idempotency.BeginAsync(new IdempotencyScope(call.Caller!.KeyId, key), route, call.Body).ConfigureAwait(false);
        call.Replay = decision.Replay;
        call.Idempotent = decision.Proceed;
        if (decision.Proceed is { } proceed)
        {
            var features = call.Http.Features;
            features.Set<IHttpResponseBodyFeature>(new RecordedResponseBody(features.GetRequiredFeature<IHttpResponseBodyFeature>(), proceed, () => call.ClientGone));
        }

        return decision.Refused;
    }

    // :: (4) Is it paid for? The most that it can cost is reserved in all its budgets or in none.
    private ValueTask<GatewayError?> AdmitCostAsync(GatewayCall call, RuntimeSnapshot snapshot)
    {
        if (!call.Operation.Metered || call.Replay is not null)
        {
            return default;
        }

        var peek = call.Peek;
        if (CallBound.Refuse(in peek) is { } excessive)
        {
            return new ValueTask<GatewayError?>(excessive);
        }

        if (snapshot.Config.Pricing.RefusesUnpriced && !LeavePriced(call))
        {
            return new ValueTask<GatewayError?>(PricingErrors.Unpriced(call.Model));
        }

        call.Budgets = budgets.For(call.Caller!.Budgets, call.Model);
        return call.Budgets.Length == 0 ? default : BudgetAdmission.ReserveAsync(budgets, call);
    }

    /// <summary>Takes the candidates away that have no price; false when none is left.</summary>
    internal static bool LeavePriced(GatewayCall call)
    {
        if (Array.Exists(call.Candidates, static target => target.Price is null))
        {
            call.Candidates = Array.FindAll(call.Candidates, static target => target.Price is not null);
        }

        return call.Candidates.Length > 0;
    }

    /// <summary>
    /// A call with an Idempotency-Key that cost nothing may be made again, but for a vendor's refusal of what it asks; any other
    /// keeps its outcome, and its answer where that is whole.
    /// </summary>
    private static ValueTask EndIdempotentAsync(GatewayCall call)
    {
        if (call.Idempotent is not { } idempotent)
        {
            return ValueTask.CompletedTask;
        }

        var refusedByVendor = call is { Answered: false, Dispatched: true, ClientGone: false, HttpStatus: >= 400 and < 500 and not 429 };
        return call.AnswerWhole || refusedByVendor ? idempotent.CompleteAsync(call.HttpStatus, ClientResponse.LastingHeaders(call))
            : call.Answered ? idempotent.KeepOutcomeAsync()
            : idempotent.ReleaseAsync();
    }

    /// <summary>A call that was refused before its limits were asked still tells how they stand.</summary>
    private void SeeLimits(GatewayCall call)
    {
        if (call.Caller is { } caller && call.LimitSeenAt == default)
        {
            call.Limit = limiters.Observe(SubjectsOf(call, caller), Milliseconds(time.GetTimestamp()));
            call.LimitSeenAt = time.GetUtcNow();
        }
    }

    /// <summary>Whom a call counts for.</summary>
    internal static CallSubjects SubjectsOf(GatewayCall call, Caller caller)
        => new(caller.Limiter, caller.KeyId, caller.KeyName, caller.User, call.Model, call.Http.Connection.RemoteIpAddress);

    // :: (6) What was used? And give back what the call held, whatever happened.
    private async ValueTask SettleAsync(GatewayCall call)
    {
        call.End();
        call.Lease?.Release();
        watchdog.Remove(call);
        call.Client.Forget(call);
        call.Aborted.Dispose();
        call.ReturnBody();
        var follows = VendorRuns.Takes(call);
        var outcome = follows ? vendorRuns.SoFar(call) : await settlement.SettleAsync(call).ConfigureAwait(false);
        call.LimitHold.Release(outcome.Tokens.Total, Milliseconds(time.GetTimestamp()));
        if (call.Tap is { } tap)
        {
            call.Tap = null;
            call.Client.ReturnTap(tap);
        }

        if (follows)
        {
            vendorRuns.Follow(call, look => RunAsync(look, Operation.RetrieveResponse, call.KeptId));
        }

        await EndIdempotentAsync(call).ConfigureAwait(false);
        if (call.Background is { } run)
        {
            await run.EndAsync(call).ConfigureAwait(false);
        }

        Record(call, new CallSummary
        {
            Operation = call.Operation,
            HttpStatus = call.HttpStatus,
            ErrorCode = call.ErrorCode,
            Tokens = outcome.Tokens,
            Estimated = outcome.Status == UsageStatus.Estimated,
            CostNanoUsd = outcome.CostNanoUsd,
            LatencyMicros = outcome.LatencyMicros,
            FirstTokenMicros = outcome.FirstTokenMicros,
            Attempts = call.Attempts,
        });
    }

    // :: (7) One set of metrics, one span, one line when it failed; and a trace of what never came to the ledger.
    private void Record(GatewayCall call, in CallSummary summary)
    {
        var series = call.Target?.Series ?? metrics.Unrouted;
        metrics.CallEnded(series, in summary);
        GatewayTracing.Finish(call.Span, series, in summary, call.RequestId, call.Model, null);
        calls.Ended(call.RequestId, call.Caller?.KeyName, series, in summary);
        if (call.Target is null && call.Replay is null && call.HttpStatus != StatusCodes.Status200OK)
        {
            refusals.Note(call, time.GetUtcNow());
        }
    }

    /// <summary>The limiter's clock.</summary>
    private long Milliseconds(long timestamp) => timestamp / (time.TimestampFrequency / 1000);

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Error, "{RequestId} {Operation} met a defect of the gateway")]
        public static partial void Defect(ILogger logger, Exception exception, string requestId, string operation);
    }
}
