using Sluice.Limits;

namespace Sluice.Pipeline;

/// <summary>A call that was refused before anything was sent, and so is on no account.</summary>
internal sealed record RefusedCall(
    string RequestId, DateTimeOffset At, string? Key, string Model, string Operation, int HttpStatus, string? ErrorCode, LimitDecision Limit);

/// <summary>
/// The last calls that were refused, in memory: a client that asks why it got a 403 or 429 has the answer's request id.
/// A ring, so that a storm of refusals costs no more than its size.
/// </summary>
internal sealed class RecentRefusals
{
    private const int Kept = 4096;

    private readonly RefusedCall?[] _ring = new RefusedCall?[Kept];
    private uint _next;

    public void Note(GatewayCall call, DateTimeOffset now)
        => Note(new RefusedCall(
            call.RequestId, now, call.Caller?.KeyName, call.Model, call.Operation.Name, call.HttpStatus, call.ErrorCode, call.Limit));

    public void Note(RefusedCall refused) => Volatile.Write(ref _ring[(Interlocked.Increment(ref _next) - 1) % Kept], refused);

    /// <summary>Finds a refused call; null when it was none, or is too long ago.</summary>
    public RefusedCall? Find(string requestId)
    {
        foreach (ref var slot in _ring.AsSpan())
        {
            if (Volatile.Read(ref slot) is { } refused && refused.RequestId == requestId)
            {
                return refused;
            }
        }

        return null;
    }
}
