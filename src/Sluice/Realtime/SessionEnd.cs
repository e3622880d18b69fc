using System.Net.WebSockets;
using Sluice.Pipeline;
using Sluice.Protocol.Canonical;

namespace Sluice.Realtime;

/// <summary>Why a session ends, and what each side is told.</summary>
/// <param name="ClientCode">The close code for the client; unused where it has left.</param>
/// <param name="VendorCode">The close code for the vendor.</param>
/// <param name="Reason">The close frame's text; at most 123 bytes.</param>
/// <param name="Error">Told to the client in an error event before the close; null where nothing went wrong.</param>
internal sealed record SessionEnd(WebSocketCloseStatus ClientCode, WebSocketCloseStatus VendorCode, string Reason, GatewayError? Error)
{
    /// <summary>Longest text of a close frame, in bytes (RFC 6455 §5.5.1).</summary>
    private const int LongestReason = 123;

    /// <summary>True where the client itself has left or cannot be reached.</summary>
    public bool ClientLeft { get; private init; }

    public static SessionEnd ClientClosed(WebSocketCloseStatus? code, string? reason)
        => new(Sendable(code), Sendable(code), Fitting(reason), null) { ClientLeft = true };

    public static SessionEnd ClientGone() => new(WebSocketCloseStatus.NormalClosure, WebSocketCloseStatus.NormalClosure, "", null) { ClientLeft = true };

    /// <param name="code">The vendor's code, passed on.</param>
    /// <param name="reason">The vendor's words, redacted.</param>
    public static SessionEnd VendorClosed(WebSocketCloseStatus? code, string? reason) => new(Sendable(code), Sendable(code), Fitting(reason), null);

    public static SessionEnd VendorGone() => Failed(WebSocketCloseStatus.InternalServerError, PipelineErrors.StreamBroken());

    public static SessionEnd TooLarge(long most) => Failed(WebSocketCloseStatus.MessageTooBig, RealtimeErrors.MessageTooLarge(most));

    /// <summary>The session must not go on: budget, key or model.</summary>
    public static SessionEnd Refused(GatewayError error) => Failed(WebSocketCloseStatus.PolicyViolation, error);

    public static SessionEnd Stopping() => Failed(WebSocketCloseStatus.EndpointUnavailable, PipelineErrors.Stopping());

    public static SessionEnd Failed(WebSocketCloseStatus code, GatewayError error) => new(code, WebSocketCloseStatus.NormalClosure, error.Code, error);

    /// <summary>1005 and 1006 say that there was no code, and are never sent (RFC 6455 §7.4.1).</summary>
    private static WebSocketCloseStatus Sendable(WebSocketCloseStatus? code)
        => code is null or WebSocketCloseStatus.Empty or (WebSocketCloseStatus)1006 or (WebSocketCloseStatus)1015 ? WebSocketCloseStatus.NormalClosure : code.Value;

    private static string Fitting(string? reason)
        => reason is null || System.Text.Encoding.UTF8.GetByteCount(reason) <= LongestReason ? reason ?? "" : "";
}
