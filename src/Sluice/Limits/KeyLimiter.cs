using Sluice.Configuration;

namespace Sluice.Limits;

/// <summary>Which limit refused a call.</summary>
internal enum LimitKind
{
    None,
    Requests,
    Tokens,
    Concurrency,
}

/// <summary>What a limiter decided, with what the <c>x-ratelimit-*</c> headers say.</summary>
/// <param name="Refused">The limit that stood in the way; <see cref="LimitKind.None"/> when the call may go on.</param>
/// <param name="RetryAfterSeconds">When a refused call would fit, in whole seconds, at least 1.</param>
internal readonly record struct LimitDecision(LimitKind Refused, int RetryAfterSeconds)
{
    public long RemainingRequests { get; init; }
    public int ResetRequestsSeconds { get; init; }
    public long RemainingTokens { get; init; }
    public int ResetTokensSeconds { get; init; }
}

/// <summary>
/// A key's limits with their counters: requests and tokens in a sliding minute, and calls at the same time. All are
/// checked, then all are taken, or none. Survives reloads: <see cref="Update"/> changes the bounds and keeps the counts.
/// </summary>
internal sealed class KeyLimiter(LimitsConfig limits)
{
    /// <summary>Tokens held for the answer of a call that states no bound of its own.</summary>
    private const long UnboundedOutput = 1024;

    private readonly Lock _lock = new();
    private SlidingMinute? _requests;
    private SlidingMinute? _tokens;
    private LimitsConfig _limits = limits;
    private long _inFlight;

    public LimitsConfig Limits => Volatile.Read(ref _limits);

    /// <summary>Calls that hold a slot now.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    public void Update(LimitsConfig limits) => Volatile.Write(ref _limits, limits);

    /// <summary>Takes one request, an upper bound of tokens and one slot, or nothing.</summary>
    /// <param name="inputTokens">An upper estimate of the input.</param>
    /// <param name="outputTokens">The output's bound as the caller stated it; -1 when it stated none.</param>
    /// <param name="now">The current time of a monotonic clock, in milliseconds.</param>
    /// <param name="reserved">The tokens taken, for <see cref="Release"/>.</param>
    /// <returns>The decision; a call that was let in must <see cref="Release"/> exactly once.</returns>
    public LimitDecision Acquire(long inputTokens, long outputTokens, long now, out long reserved)
    {
        var limits = Limits;
        reserved = 0;
        if (limits.Rpm is null && limits.Tpm is null)
        {
            // No shared lock where only concurrency, or nothing, is bounded.
            var running = Interlocked.Increment(ref _inFlight);
            if (limits.Concurrency is { } most && running > most)
            {
                Interlocked.Decrement(ref _inFlight);
                return new LimitDecision(LimitKind.Concurrency, 1);
            }

            return default;
        }

        lock (_lock)
        {
            if (limits.Concurrency is { } most && Interlocked.Read(ref _inFlight) >= most)
            {
                return Describe(limits, now, LimitKind.Concurrency, 1);
            }

            if (limits.Rpm is { } rpm)
            {
                _requests ??= new SlidingMinute();
                _requests.Advance(now);
                if (_requests.WouldExceed(1, rpm))
                {
                    return Describe(limits, now, LimitKind.Requests, _requests.SecondsUntilFits(1, rpm));
                }
            }

            if (limits.Tpm is { } tpm)
            {
                _tokens ??= new SlidingMinute();
                _tokens.Advance(now);

                // A call that is larger than the whole limit is let in when the window is empty; else it could never run.
                // The caller's bound may be as large as a number can be: it is cut before it is added.
                var needed = Math.Clamp(inputTokens + Math.Clamp(outputTokens, 0, tpm), 1, Math.Max(1, tpm));
                if (_tokens.WouldExceed(needed, tpm))
                {
                    return Describe(limits, now, LimitKind.Tokens, _tokens.SecondsUntilFits(needed, tpm));
                }

                // Where the caller bounds nothing, part of what is left is held for the answer.
                reserved = outputTokens >= 0 ? needed : needed + Math.Clamp(tpm - _tokens.Sum - needed, 0, UnboundedOutput);
            }

            // A count whose limit is switched off goes on, so that switching it on again finds it.
            _requests?.Advance(now);
            _requests?.Add(now, 1);
            _tokens?.Advance(now);
            _tokens?.Add(now, reserved);
            Interlocked.Increment(ref _inFlight);
            return Describe(limits, now, LimitKind.None, 0);
        }
    }

    /// <summary>Gives the slot back and puts the truth in place of the reserved tokens.</summary>
    /// <param name="reserved">What <see cref="Acquire"/> took.</param>
    /// <param name="used">What the call used.</param>
    /// <param name="takenAt">The time that <see cref="Acquire"/> was given.</param>
    /// <param name="now">The current time.</param>
    public void Release(long reserved, long used, long takenAt, long now)
    {
        Interlocked.Decrement(ref _inFlight);
        if (_tokens is null || reserved == used)
        {
            return;
        }

        lock (_lock)
        {
            _tokens.Advance(now);

            // What was taken too much is given back where it was taken; what came on top counts from now, for the call may
            // have outlived the window in which it began.
            if (used > reserved)
            {
                _tokens.Add(now, used - reserved);
            }
            else
            {
                _tokens.GiveBack(takenAt, reserved - used);
            }
        }
    }

    /// <summary>How the limits stand, without taking anything.</summary>
    public LimitDecision Observe(long now)
    {
        lock (_lock)
        {
            return Describe(Limits, now, LimitKind.None, 0);
        }
    }

    private LimitDecision Describe(LimitsConfig limits, long now, LimitKind refused, int retryAfter)
    {
        _requests?.Advance(now);
        _tokens?.Advance(now);
        return new LimitDecision(refused, Math.Max(retryAfter, refused == LimitKind.None ? 0 : 1))
        {
            RemainingRequests = limits.Rpm is { } rpm ? Math.Max(0, rpm - (_requests?.Sum ?? 0)) : 0,
            ResetRequestsSeconds = _requests?.SecondsUntilEmpty() ?? 0,
            RemainingTokens = limits.Tpm is { } tpm ? Math.Max(0, tpm - (_tokens?.Sum ?? 0)) : 0,
            ResetTokensSeconds = _tokens?.SecondsUntilEmpty() ?? 0,
        };
    }
}
