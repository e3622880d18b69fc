using System.Globalization;
using Sluice.Protocol.Canonical;

namespace Sluice.Realtime;

/// <summary>Refusals of realtime sessions and their events. Codes are anchors of docs/errors.md.</summary>
internal static class RealtimeErrors
{
    public static GatewayError UpgradeRequired() => new(
        ErrorKind.InvalidRequest, "websocket_required",
        "This path takes WebSockets only. Open wss://…/v1/realtime?model=MODEL with the headers of a WebSocket handshake; a proxy in between must let Upgrade through.");

    public static GatewayError NotOneOfOurs() => new(
        ErrorKind.InvalidRequest, "unsupported_session",
        "The query names a call_id: calls by WebRTC or SIP are not made through this gateway. Open a session with ?model=MODEL alone.")
    { Param = "call_id" };

    public static GatewayError ModelFixed() => new(
        ErrorKind.Forbidden, "model_not_allowed",
        "A session keeps the model that it was opened with. Open another session for another model.")
    { Param = "session.model" };

    public static GatewayError MessageTooLarge(long most) => new(
        ErrorKind.TooLarge, "request_too_large",
        string.Create(CultureInfo.InvariantCulture, $"The message is larger than the {most} bytes that the gateway takes. Send the audio in smaller pieces."));

    public static GatewayError TokensUsedUp(int seconds) => new(
        ErrorKind.RateLimited, "rate_limit_exceeded",
        string.Create(CultureInfo.InvariantCulture, $"The tokens per minute are used up, so that no response is made now. Ask again in {seconds} s."));

    public static GatewayError Silent() => new(
        ErrorKind.UpstreamTimeout, "idle_timeout",
        "Nothing was said in the session, or nothing came of a response, for longer than the provider's idle timeout allows. Open a new session.");
}
