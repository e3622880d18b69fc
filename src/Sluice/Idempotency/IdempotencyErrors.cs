using Sluice.Protocol.Canonical;

namespace Sluice.Idempotency;

/// <summary>The refusals of repeated calls, in words for the caller. Codes are anchors of docs/errors.md.</summary>
internal static class IdempotencyErrors
{
    public static readonly GatewayError Malformed = new(
        ErrorKind.InvalidRequest, "invalid_idempotency_key",
        "Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters. A random UUID for each call is a good one.");

    public static readonly GatewayError InFlight = new(
        ErrorKind.Conflict, "idempotency_in_flight",
        "A call with this Idempotency-Key is in flight. Try again after the time in Retry-After: its answer comes then.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    public static readonly GatewayError Reused = new(
        ErrorKind.Unprocessable, "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Send the same body to the same path, or take a new key.");

    public static readonly GatewayError AnswerNotKept = new(
        ErrorKind.Conflict, "idempotency_answer_not_kept",
        "The call with this Idempotency-Key was served and billed, but its answer was too large to keep or not whole. Take a new key to make the call again.");

    public static readonly GatewayError OutcomeUnknown = new(
        ErrorKind.Conflict, "idempotency_outcome_unknown",
        "The gateway was interrupted while the call with this Idempotency-Key was in flight, so that it may have been served. Take a new key to make the call again.");

    public static readonly GatewayError Unavailable = new(
        ErrorKind.Unavailable, "idempotency_unavailable",
        "The gateway cannot write down this Idempotency-Key, and without that it does not make the call. Try again later.")
    { RetryAfter = TimeSpan.FromSeconds(1) };
}
