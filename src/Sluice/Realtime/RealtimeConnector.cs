using Sluice.Credentials;
using Sluice.Pipeline;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;

namespace Sluice.Realtime;

/// <summary>
/// Opens the vendor's side of a session: candidate after candidate until one answers 101. The client's side is not accepted
/// before, so that a client whom nobody serves gets a real HTTP status.
/// </summary>
internal sealed class RealtimeConnector(AttemptEngine attempts, CredentialJudge judge, Settlement settlement)
{
    /// <summary>The connection to the vendor, with its lease; null when no candidate serves, and <see cref="GatewayCall.Failure"/> says why.</summary>
    public async ValueTask<(UpstreamConnection Upstream, CredentialLease Lease)?> ConnectAsync(GatewayCall call, RealtimeHandshake handshake)
    {
        while (attempts.NextCandidate(call) is { } lease)
        {
            var slot = lease.Slot;
            UpstreamConnection? upstream = null;
            try
            {
                upstream = await AttemptAsync(call, call.Target!, slot, handshake).ConfigureAwait(false);
                if (upstream is not null)
                {
                    judge.NoteSuccess(slot);
                    return (upstream, lease);
                }
            }
            finally
            {
                call.Unuse();
                if (upstream is null)
                {
                    lease.Release();
                }
            }

            if (call.LedgerRefused || !attempts.NoteFailure(call, slot))
            {
                break;
            }
        }

        return null;
    }

    private async ValueTask<UpstreamConnection?> AttemptAsync(GatewayCall call, RouteTarget target, CredentialSlot slot, RealtimeHandshake handshake)
    {
        var key = RealtimeHandshake.NewKey();
        if (handshake.Request(target, slot, key) is not { } request)
        {
            return AttemptEngine.Fail(call, UpstreamFailureKind.BadRequest, UpstreamStage.Send, "invalid_model_name");
        }

        // A connection of its own: it is never given back, and a warm one is worth more to a short call.
        var timeouts = target.Provider.Config.Timeouts;
        call.Enter(CallPhase.Connect, timeouts.Connect);
        var upstream = await slot.Pool.ConnectAsync(call.BeginConnect()).ConfigureAwait(false);
        call.EndConnect();
        if (upstream is null)
        {
            return AttemptEngine.Fail(call, call.Expired == CallPhase.None ? UpstreamFailureKind.ConnectFailed : UpstreamFailureKind.Timeout, UpstreamStage.Connect, slot.Pool.Origin.Proxy is null ? "" : "proxy");
        }

        if (!await settlement.ReserveAsync(call, target, slot).ConfigureAwait(false))
        {
            call.LedgerRefused = true;
            upstream.Release();
            return null;
        }

        // A session is open in a moment or not at all: the time for a model's first token is not meant.
        call.Enter(CallPhase.FirstToken, timeouts.Connect < timeouts.FirstToken ? timeouts.Connect : timeouts.FirstToken);
        if (!call.Use(upstream))
        {
            call.Unuse();
            upstream.Release();
            return AttemptEngine.Fail(call, UpstreamFailureKind.Timeout, UpstreamStage.Connect, "");
        }

        if (await UpgradeAsync(call, target, slot, upstream, handshake, key, request).ConfigureAwait(false))
        {
            return upstream;
        }

        call.Unuse();
        upstream.Release();
        return null;
    }

    private async ValueTask<bool> UpgradeAsync(
        GatewayCall call, RouteTarget target, CredentialSlot slot, UpstreamConnection upstream, RealtimeHandshake handshake, string key, byte[] request)
    {
        call.Dispatched = true;
        _ = await upstream.SendUpgradeAsync(request).ConfigureAwait(false);
        var status = await upstream.ReadHeadAsync().ConfigureAwait(false);
        if (status < 0)
        {
            return AttemptEngine.Broken(call, upstream, UpstreamStage.AwaitHeaders);
        }

        judge.Learn(slot, upstream);
        if (status >= 300)
        {
            await attempts.ReadErrorAsync(call, target, slot, upstream, status).ConfigureAwait(false);
            return false;
        }

        if (status == 101 && RealtimeHandshake.Accepts(key, upstream.FindRaw("sec-websocket-accept"u8))
            && handshake.Accepts(upstream.FindRaw("sec-websocket-protocol"u8)) && upstream.FindRaw("sec-websocket-extensions"u8).IsEmpty)
        {
            return true;
        }

        AttemptEngine.Fail(call, UpstreamFailureKind.ProtocolError, UpstreamStage.AwaitHeaders, "no_websocket");
        return false;
    }
}
