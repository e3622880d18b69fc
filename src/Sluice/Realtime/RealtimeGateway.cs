using System.Net.WebSockets;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Limits;
using Sluice.Limits.Budgets;
using Sluice.Pipeline;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Transport;
using Sluice.Routing;
using Sluice.Telemetry;
using Sluice.Usage;

namespace Sluice.Realtime;

/// <summary>
/// Serves a realtime session that the pipeline has admitted: reserves its first response, opens the vendor's side, accepts
/// the client's, and relays until one of them ends. The session itself is a call that costs nothing; what it used is in
/// the records of its responses.
/// </summary>
internal sealed class RealtimeGateway(
    RealtimeConnector connector,
    RealtimeSessions sessions,
    ICallerRegistry callers,
    ICallerDirectory keys,
    LimiterSet limiters,
    ILedger ledger,
    IBudgetGate budgets,
    GatewayMetrics metrics,
    ITargetPrices prices,
    IReadiness readiness,
    TimeProvider time)
{
    private readonly AccountBooks _books = new(ledger, budgets, metrics, prices, time);

    public async Task ServeAsync(GatewayCall call, RuntimeSnapshot snapshot)
    {
        if (Refuse(call, snapshot) is { } refused)
        {
            await ClientResponse.RefuseAsync(call, refused).ConfigureAwait(false);
            return;
        }

        call.Budgets = budgets.For(call.Caller!.Budgets, call.Model);
        using var account = new SessionAccount(call, _books);
        if (await account.CoverAsync().ConfigureAwait(false) is { } uncovered)
        {
            await ClientResponse.RefuseAsync(call, uncovered).ConfigureAwait(false);
            return;
        }

        var handshake = RealtimeHandshake.Of(call.Http);
        if (await connector.ConnectAsync(call, handshake).ConfigureAwait(false) is not { } opened)
        {
            await FailureAnswer.WriteAsync(call, time).ConfigureAwait(false);
            return;
        }

        try
        {
            await RunAsync(call, opened.Upstream, opened.Lease.Slot, handshake, account, snapshot.Config.Server).ConfigureAwait(false);
        }
        finally
        {
            opened.Upstream.Release();
            opened.Lease.Release();
        }
    }

    private GatewayError? Refuse(GatewayCall call, RuntimeSnapshot snapshot)
        => !call.Http.WebSockets.IsWebSocketRequest ? RealtimeErrors.UpgradeRequired()
        : call.Http.Request.Query.ContainsKey("call_id") ? RealtimeErrors.NotOneOfOurs()
        : readiness.State == ServiceState.Draining ? PipelineErrors.Stopping()
        : snapshot.Config.Pricing.RefusesUnpriced && !GatewayPipeline.LeavePriced(call) ? PricingErrors.Unpriced(call.Model)
        : null;

    private async Task RunAsync(
        GatewayCall call, UpstreamConnection upstream, CredentialSlot slot, RealtimeHandshake handshake, SessionAccount account, ServerConfig server)
    {
        var http = call.Http;
        if (call.ClientGone)
        {
            (call.ErrorCode, call.HttpStatus) = ("client_gone", StatusCodes.Status499ClientClosedRequest);
            return;
        }

        call.HttpStatus = StatusCodes.Status101SwitchingProtocols;
        call.Committed = true;
        call.Answered = true;
        call.Tap = new ResponseTap();
        http.Response.Headers[RequestId.Header] = call.RequestId;
        LimitHeaders.Write(http.Response.Headers, call.Operation.Dialect, call.Limit, call.LimitSeenAt);
        var silence = server.KeepAlive > TimeSpan.Zero ? server.KeepAlive : Timeout.InfiniteTimeSpan;
        WebSocket accepted;
        try
        {
            accepted = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = handshake.Chosen,
                KeepAliveInterval = silence,
                KeepAliveTimeout = server.WriteTimeout,
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (SessionSocket.IsExpected(e))
        {
            // It left while the vendor was being asked.
            call.ErrorCode = "client_gone";
            return;
        }

        using var client = new SessionSocket(accepted, http.Abort, time);
        using var vendor = new SessionSocket(
            WebSocket.CreateFromStream(new UpgradedStream(upstream), new WebSocketCreationOptions
            {
                IsServer = false,
                KeepAliveInterval = silence,
                KeepAliveTimeout = server.WriteTimeout,
            }),
            upstream.Abort,
            time);
        using var session = new RealtimeSession(call, client, vendor, account, slot, new SessionRules(server, callers, keys, limiters, time));
        sessions.Add(session);
        try
        {
            await session.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            sessions.Remove(session);
        }
    }
}
