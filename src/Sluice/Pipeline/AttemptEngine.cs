using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Credentials;
using Sluice.Credentials.Tokens;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;
using Sluice.Telemetry;

namespace Sluice.Pipeline;

/// <summary>
/// Finds an upstream that answers: candidate after candidate until one gives a first good event. Until then nothing has
/// gone to the client, so failing over is free; from then on the <see cref="RelayLane"/> or the
/// <see cref="TranslateLane"/> owns the call.
/// </summary>
internal sealed class AttemptEngine(RelayLane relay, TranslateLane translate, RequestTranslator translator, Settlement settlement, CredentialJudge judge, TimeProvider time)
{
    /// <summary>As much of an upstream's error document as is read, in bytes.</summary>
    private const int MaxErrorBytes = 64 * 1024;

    public async Task ServeAsync(GatewayCall call, RuntimeSnapshot snapshot)
    {
        var server = snapshot.Config.Server;
        if (call.Streams)
        {
            call.SendKeepAlive = one => RelayLane.SendKeepAliveAsync(one, server.KeepAlive);
            call.KeepAliveAfter(server.KeepAlive);
        }

        while (NextCandidate(call) is { } lease)
        {
            var slot = lease.Slot;
            UpstreamConnection? upstream = null;
            try
            {
                upstream = await AttemptAsync(call, call.Target!, slot).ConfigureAwait(false);
                if (upstream is null && MayGoWithoutSignatures(call))
                {
                    LeaveSignaturesOut(call);
                    upstream = await AttemptAsync(call, call.Target!, slot).ConfigureAwait(false);
                }

                if (upstream is not null)
                {
                    judge.NoteSuccess(slot);
                    slot.Account?.Token.NoteAccepted();
                    if (call.Translation is null)
                    {
                        await relay.RunAsync(call, upstream, server).ConfigureAwait(false);
                    }
                    else
                    {
                        await translate.RunAsync(call, upstream, server).ConfigureAwait(false);
                    }

                    return;
                }
            }
            finally
            {
                call.Unuse();
                upstream?.Release();
                lease.Release();
            }

            if (call.LedgerRefused || !NoteFailure(call, slot))
            {
                break;
            }
        }

        await FailureAnswer.WriteAsync(call, time).ConfigureAwait(false);
    }

    /// <summary>Leases the best candidate that was not tried; null when there is none.</summary>
    internal CredentialLease? NextCandidate(GatewayCall call)
    {
        if (call.Attempts == GatewayCall.MaxAttempts || call.ClientGone)
        {
            return null;
        }

        var now = time.GetTimestamp();
        foreach (var target in call.Candidates)
        {
            var conversation = target.Provider.Slots.Length > 1 ? call.Conversation : 0;
            var filter = new LeaseFilter(target.OperationFor(call.Operation, call.Streams), call.Caller?.Binding, call.BegunAt);
            if (target.Provider.TryLease(target, call.Tried, now, conversation, call.Operation.Kind, in filter, call.Place?.Credential) is { } lease)
            {
                if (call.Attempts == 0)
                {
                    call.BoundTotal(target.Provider.Config.Timeouts.Total);
                }

                call.BeginAttempt(target, lease.Slot);
                call.Lease = lease;
                target.Series.Provider.AttemptStarted();
                return lease;
            }
        }

        return null;
    }

    /// <summary>
    /// One attempt, up to the first good event. Returns the connection, with the first bytes of the body read and tapped;
    /// null when it failed, and <see cref="GatewayCall.Failure"/> says how.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamConnection?> AttemptAsync(GatewayCall call, RouteTarget target, CredentialSlot slot)
    {
        if (slot.Account is { } account && !await HasTokenAsync(call, account).ConfigureAwait(false))
        {
            return null;
        }

        var renewed = false;
        var reserved = false;
        while (true)
        {
            var token = slot.Account?.Token.Current;
            if (Build(call, target, slot) is not { } request)
            {
                return Fail(call, UpstreamFailureKind.BadRequest, UpstreamStage.Send, call.Refusal?.Code ?? "invalid_model_name");
            }

            using (request)
            {
                var (upstream, isReserved) = await SendAsync(call, target, slot, request.Bytes, reserved).ConfigureAwait(false);
                reserved = isReserved;
                if (upstream is not null || renewed || token is null || call.LedgerRefused || call.Failure is not { Status: StatusCodes.Status401Unauthorized } || call.ClientGone)
                {
                    return upstream;
                }
            }

            // An access token may end before its time: one new one, and the call once more.
            renewed = true;
            if (!await RenewAsync(call, slot.Account!, token).ConfigureAwait(false))
            {
                return null;
            }
        }
    }

    /// <summary>Waits for a credential's access token where none lives; calls that need the same one wait for the same exchange.</summary>
    private static async ValueTask<bool> HasTokenAsync(GatewayCall call, CredentialAccount account)
    {
        if (account.Token.IsLive)
        {
            return true;
        }

        call.Enter(CallPhase.Connect, CredentialToken.LongestFetch);
        AccessToken? token = null;
        try
        {
            token = await account.Token.GetAsync(call.BeginConnect()).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A deadline of the call; the exchange goes on for others.
        }
        finally
        {
            call.EndConnect();
        }

        if (token is null)
        {
            Fail(call, UpstreamFailureKind.TokenUnavailable, UpstreamStage.Connect, account.Token.Failure?.Code ?? "token_timeout");
        }

        return token is not null;
    }

    /// <summary>Gets another token than the one that was refused; false when there is none, and the refusal stands.</summary>
    private static async ValueTask<bool> RenewAsync(GatewayCall call, CredentialAccount account, AccessToken refused)
    {
        call.Enter(CallPhase.Connect, CredentialToken.LongestFetch);
        try
        {
            return await account.Token.RenewAsync(refused, call.BeginConnect()).ConfigureAwait(false) is not null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            call.EndConnect();
        }
    }

    /// <summary>Sends a request, on a kept connection or a new one, and reads up to the first good event.</summary>
    /// <returns>The connection, or null when it failed; and whether the reservation is durable.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(UpstreamConnection? Upstream, bool Reserved)> SendAsync(
        GatewayCall call, RouteTarget target, CredentialSlot slot, ReadOnlyMemory<byte> request, bool reserved)
    {
        var timeouts = target.Provider.Config.Timeouts;
        var fresh = false;
        while (true)
        {
            var upstream = fresh ? null : slot.Pool.TryRent();
            if (upstream is null)
            {
                call.Enter(CallPhase.Connect, timeouts.Connect);
                upstream = await slot.Pool.ConnectAsync(call.BeginConnect()).ConfigureAwait(false);
                call.EndConnect();
                if (upstream is null)
                {
                    return (Fail(call, call.Expired == CallPhase.None ? UpstreamFailureKind.ConnectFailed : UpstreamFailureKind.Timeout, UpstreamStage.Connect, slot.Pool.Origin.Proxy is null ? "" : "proxy"), reserved);
                }
            }

            if (!reserved && !(reserved = await settlement.ReserveAsync(call, target, slot).ConfigureAwait(false)))
            {
                call.LedgerRefused = true;
                upstream.Release();
                return (null, false);
            }

            call.Enter(CallPhase.FirstToken, timeouts.FirstToken);
            if (!call.Use(upstream))
            {
                // A deadline passed in the instant between connecting and sending.
                call.Unuse();
                upstream.Release();
                return (Fail(call, UpstreamFailureKind.Timeout, UpstreamStage.Connect, ""), reserved);
            }

            if (await ExchangeAsync(call, target, slot, upstream, request).ConfigureAwait(false))
            {
                return (upstream, reserved);
            }

            call.Unuse();
            var stale = upstream is { WasReused: true, HasResponseBytes: false, Failure: TransportFailure.Closed } && !fresh;
            upstream.Release();
            if (!stale)
            {
                return (null, reserved);
            }

            // The peer closed the idle connection while the request was on its way: it has not answered it, so a new
            // connection carries it once more.
            fresh = true;
        }
    }

    private UpstreamRequest? Build(GatewayCall call, RouteTarget target, CredentialSlot slot)
        => call.Operation.OfKept ? UpstreamRequest.BuildBodiless(call, target, slot)
            : !ReferenceEquals(call.UpstreamOperation, call.Operation) || (call.WritesAnswer && call.Operation.Generates) ? translator.Build(call, target, slot)
            : translator.MustRewrite(call, target) ? translator.Rewrite(call, target, slot)
            : UpstreamRequest.Build(call, target, slot);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ExchangeAsync(
        GatewayCall call, RouteTarget target, CredentialSlot slot, UpstreamConnection upstream, ReadOnlyMemory<byte> request)
    {
        call.Dispatched = true;
        _ = await upstream.SendAsync(request).ConfigureAwait(false);
        var status = await upstream.ReadHeadAsync().ConfigureAwait(false);
        if (status < 0)
        {
            return Broken(call, upstream, UpstreamStage.AwaitHeaders);
        }

        judge.Learn(slot, upstream);
        if (status is < 200 or > 299)
        {
            await ReadErrorAsync(call, target, slot, upstream, status).ConfigureAwait(false);
            return false;
        }

        var encoding = upstream.FindRaw("content-encoding"u8);
        if (!encoding.IsEmpty && !System.Text.Ascii.EqualsIgnoreCase(encoding, "identity"u8))
        {
            // Identity was asked for; what is packed can be neither read for usage nor bounded.
            Fail(call, UpstreamFailureKind.ProtocolError, UpstreamStage.AwaitHeaders, "content_encoding");
            upstream.Abort();
            return false;
        }

        var framing = HeaderPolicy.IsEventStream(upstream.FindRaw("content-type"u8)) ? ResponseFraming.Sse
            : call.UpstreamOperation.AlwaysStreams ? ResponseFraming.JsonArray
            : ResponseFraming.Json;
        var tap = call.Tap ??= call.Client.TakeTap();
        tap.Start(call.UpstreamOperation, framing);
        call.Translation?.Framing = framing;
        if (framing != ResponseFraming.Sse)
        {
            call.UsageFilter = null;
        }

        // The commit gate: nothing goes to the client before the first good event.
        while (true)
        {
            var added = await upstream.ReadBodyAsync().ConfigureAwait(false);
            if (added < 0)
            {
                return Broken(call, upstream, UpstreamStage.Body);
            }

            tap.Read(upstream.Body[^added..]);
            if (tap.HasError && tap.Events <= 1 && call.UpstreamOperation != Operation.FetchPredictOperation)
            {
                call.Failure = target.Provider.Provider.Classify(200, upstream, FirstEventData(upstream.Body), time.GetUtcNow());
                KeepErrorBody(call, slot, FirstEventData(upstream.Body));
                upstream.Abort();
                return false;
            }

            if (tap.Events > 0 || framing == ResponseFraming.Json || upstream.BodyComplete || upstream.Body.Length >= MaxErrorBytes)
            {
                if (framing != ResponseFraming.Json && upstream.BodyComplete && tap.Events == 0)
                {
                    Fail(call, UpstreamFailureKind.ProtocolError, UpstreamStage.Body, "empty_stream");
                    return false;
                }

                return true;
            }
        }
    }

    /// <summary>Reads a bounded part of an error document and has the provider say what it means.</summary>
    internal async ValueTask ReadErrorAsync(GatewayCall call, RouteTarget target, CredentialSlot slot, UpstreamConnection upstream, int status)
    {
        // The headers must be read first: reading the body on gives their bytes up.
        var json = HeaderPolicy.IsJson(upstream.FindRaw("content-type"u8));
        var headers = new RetainedHeaders(upstream);
        while (!upstream.BodyComplete && upstream.Body.Length < MaxErrorBytes)
        {
            if (await upstream.ReadBodyAsync().ConfigureAwait(false) <= 0)
            {
                break;
            }
        }

        call.Failure = target.Provider.Provider.Classify(status, headers, upstream.Body, time.GetUtcNow()) with { Status = status };

        // Without a readable document, the one of an earlier attempt must not stand for this answer.
        call.FailureBody = null;
        if (json && upstream.BodyComplete)
        {
            KeepErrorBody(call, slot, upstream.Body);
        }

        upstream.ConsumeBody();
        if (!upstream.BodyComplete)
        {
            upstream.Abort();
        }
    }

    private static void KeepErrorBody(GatewayCall call, CredentialSlot slot, ReadOnlySpan<byte> body)
    {
        call.FailureBody = null;
        if (!IsJsonDocument(body) || call.Failure is not { } failure || !FailurePolicy.For(failure.Kind).ShowVendorError || failure.Status is 401 or 402 or 403)
        {
            return;
        }

        var output = new System.Buffers.ArrayBufferWriter<byte>(body.Length);
        var secret = slot.Account?.Token.Current?.Text ?? slot.Config.ApiKey.Reveal();
        SecretRedactor.Redact(body, System.Text.Encoding.UTF8.GetBytes(secret), output);
        call.FailureBody = output.WrittenSpan.ToArray();
    }

    private static bool IsJsonDocument(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The data of the first event; the whole where the stream is not of events.</summary>
    private static ReadOnlySpan<byte> FirstEventData(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("data:"u8);
        if (at < 0)
        {
            return body;
        }

        var data = body[(at + 5)..];
        var end = data.IndexOfAny((byte)'\r', (byte)'\n');
        return (end < 0 ? data : data[..end]).Trim((byte)' ');
    }

    internal static UpstreamConnection? Fail(GatewayCall call, UpstreamFailureKind kind, UpstreamStage stage, string code)
    {
        call.FailureBody = null;
        call.Failure = new UpstreamFailure(kind, stage, 0, code);
        return null;
    }

    internal static bool Broken(GatewayCall call, UpstreamConnection upstream, UpstreamStage stage)
    {
        Fail(
            call,
            call.Expired != CallPhase.None ? UpstreamFailureKind.Timeout : UpstreamFailureKind.ProtocolError,
            stage,
            upstream.Failure == TransportFailure.Malformed ? "malformed" : "closed");
        return false;
    }

    /// <summary>
    /// A signature may be refused through no fault of the client: another vendor, another account or another model gave it. Then
    /// the call is worth a second try without any. Where nobody else can have answered, the refusal is the client's to see.
    /// </summary>
    private static bool MayGoWithoutSignatures(GatewayCall call) =>
        call is { Failure.SignatureRefused: true, WithoutSignatures: false, ClientGone: false, Expired: CallPhase.None }
        && (call.Translation is not null || call.Candidates.Length > 1 || call.Target!.Provider.Slots.Length > 1);

    /// <summary>Prepares a second attempt at the same target, with the same lease.</summary>
    private static void LeaveSignaturesOut(GatewayCall call)
    {
        var failure = call.Failure!.Value;
        var series = call.Target!.Series.Provider;
        series.AttemptFailed(failure.Kind);
        series.AttemptStarted();
        GatewayTracing.AttemptFailed(call.Span, call.Target.Provider.Name, failure);
        call.NoteFailedAttempt(in failure);
        call.WithoutSignatures = true;
    }

    /// <summary>Takes a failure to account. Returns true when another candidate may be tried.</summary>
    internal bool NoteFailure(GatewayCall call, CredentialSlot slot)
    {
        var failure = call.Failure!.Value;
        var target = call.Target!;
        var rule = FailurePolicy.For(failure.Kind);
        target.Series.Provider.AttemptFailed(failure.Kind);
        GatewayTracing.AttemptFailed(call.Span, target.Provider.Name, failure);
        call.NoteFailedAttempt(in failure);
        if (failure.Kind != UpstreamFailureKind.BadRequest && call.Expired != CallPhase.Detached)
        {
            target.Speed.NoteFailure();
            var rest = target.Provider.Slots.Length > 1 ? rule.CoolsWithoutWord : TimeSpan.Zero;
            judge.NoteFailure(slot, in failure, target.Provider.Config.Pool, CredentialCheck.IsFreeFor(target.Provider), rest);
        }

        if (call.Refusal is not null)
        {
            // Nothing was sent: a target that speaks another dialect may take what this one cannot.
            call.Candidates = Array.FindAll(call.Candidates, other => !ReferenceEquals(other, target));
            return true;
        }

        if (!rule.TryAnother || call.ClientGone || call.Expired is CallPhase.Total or CallPhase.Detached or CallPhase.Drain)
        {
            return false;
        }

        if (rule.LeaveTarget && call.Candidates.Length > 1)
        {
            // Behind all others: its other credentials come last. The route's own array has one element and is never changed.
            call.Candidates = [.. call.Candidates.Where(other => !ReferenceEquals(other, target)), target];
        }

        return true;
    }
}
