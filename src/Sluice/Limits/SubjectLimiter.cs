using Sluice.Configuration;

namespace Sluice.Limits;

/// <summary>
/// The limits of one subject (a key, a user, a model, an address) with their counters: requests and tokens in a sliding
/// minute, and calls at the same time. All are checked, then all are taken, or none. Survives reloads: <see cref="Update"/>
/// changes the bounds and keeps the counts.
/// </summary>
internal sealed class SubjectLimiter(LimitsConfig limits, LimitScope scope = LimitScope.Key)
{
    /// <summary>Tokens held for the answer of a call that states no bound of its own.</summary>
    private const long UnboundedOutput = 1024;

    /// <summary>Nobody knows when a slot is given back: a caller may ask again after this many seconds.</summary>
    private const int WaitForSlot = 1;

    /// <summary>As much as one call may add to the count, whatever an upstream says: a sum of many must stay a number.</summary>
    private const long MostUsed = 1_000_000_000_000;

    private readonly Lock _lock = new();
    private SlidingMinute? _requests;
    private SlidingMinute? _tokens;
    private LimitsConfig _limits = limits;
    private long _inFlight;
    private long _usedAt;
    private bool _retired;

    public LimitScope Scope => scope;

    public LimitsConfig Limits => Volatile.Read(ref _limits);

    /// <summary>Calls that hold a slot now.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>When a call was last let in or ended, in milliseconds of the limiters' clock.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    public void Update(LimitsConfig limits) => Volatile.Write(ref _limits, limits);

    /// <summary>Takes one request, an upper bound of tokens and one slot, or nothing, where no other limiter is to be asked.</summary>
    /// <param name="demand">What the call asks for.</param>
    /// <param name="reserved">The tokens taken, for <see cref="Release"/>.</param>
    /// <returns>The decision; a call that was let in must <see cref="Release"/> exactly once.</returns>
    public LimitDecision Acquire(in LimitDemand demand, out long reserved)
    {
        var limits = Limits;
        reserved = 0;
        if (limits.Rpm is null && limits.Tpm is null)
        {
            // No shared lock where only concurrency, or nothing, is bounded.
            return TryTakeSlot() ? default : new LimitDecision(LimitKind.Concurrency, scope, WaitForSlot);
        }

        lock (_lock)
        {
            var refused = Check(in demand, out var wait);
            if (refused == LimitKind.None && !TryTakeSlot())
            {
                (refused, wait) = (LimitKind.Concurrency, WaitForSlot);
            }

            if (refused == LimitKind.None)
            {
                reserved = TakeRates(in demand);
            }

            return Describe(new LimitDecision(refused, scope, wait), demand.Now);
        }
    }

    /// <summary>Gives the slot back and puts the truth in place of the reserved tokens.</summary>
    /// <param name="reserved">What was taken.</param>
    /// <param name="used">What the call used.</param>
    /// <param name="takenAt">The time of <see cref="LimitDemand.Now"/> then.</param>
    /// <param name="now">The current time.</param>
    public void Release(long reserved, long used, long takenAt, long now)
    {
        Volatile.Write(ref _usedAt, now);
        Interlocked.Decrement(ref _inFlight);
        used = Math.Clamp(used, 0, MostUsed);
        if (Volatile.Read(ref _tokens) is not { } tokens || reserved == used)
        {
            return;
        }

        lock (_lock)
        {
            tokens.Advance(now);

            // What was taken too much is given back where it was taken; what came on top counts from now, for the call may
            // have outlived the window in which it began.
            if (used > reserved)
            {
                tokens.Add(now, used - reserved);
            }
            else
            {
                tokens.GiveBack(takenAt, reserved - used);
            }
        }
    }

    /// <summary>Counts tokens that a call has used while it goes on, beside what it has reserved.</summary>
    public void Count(long used, long now)
    {
        used = Math.Clamp(used, 0, MostUsed);
        if (used == 0 || (Limits.Tpm is null && Volatile.Read(ref _tokens) is null))
        {
            return;
        }

        lock (_lock)
        {
            Window(ref _tokens, now).Add(now, used);
        }
    }

    /// <summary>How the limits stand, without taking anything.</summary>
    public LimitDecision Observe(long now)
    {
        lock (_lock)
        {
            return Describe(default, now);
        }
    }

    /// <summary>
    /// Begins a common decision of several limiters: the caller holds each until <see cref="Exit"/>, and enters them in one
    /// order everywhere. False, and not entered, when the limiter was retired meanwhile.
    /// </summary>
    internal bool TryEnter()
    {
        _lock.Enter();
        if (!_retired)
        {
            return true;
        }

        _lock.Exit();
        return false;
    }

    internal void Exit() => _lock.Exit();

    /// <summary>The limit in the way that takes longest to give way; takes nothing. The caller has entered.</summary>
    /// <param name="demand">What the call asks for.</param>
    /// <param name="wait">When the call would fit, in whole seconds; 0 when it does.</param>
    internal LimitKind Check(in LimitDemand demand, out int wait)
    {
        var limits = Limits;
        var refused = LimitKind.None;
        wait = 0;
        if (limits.Concurrency is { } most && InFlight >= most)
        {
            (refused, wait) = (LimitKind.Concurrency, WaitForSlot);
        }

        if (limits.Rpm is { } rpm && Window(ref _requests, demand.Now) is var requests && requests.WouldExceed(1, rpm))
        {
            Prefer(LimitKind.Requests, requests.SecondsUntilFits(1, rpm), ref refused, ref wait);
        }

        if (limits.Tpm is { } tpm && Window(ref _tokens, demand.Now) is var tokens && demand.Tokens(tpm) is var needed && tokens.WouldExceed(needed, tpm))
        {
            Prefer(LimitKind.Tokens, tokens.SecondsUntilFits(needed, tpm), ref refused, ref wait);
        }

        return refused;
    }

    /// <summary>Takes a slot where one is free, at one stroke: calls that need no lock take theirs beside it.</summary>
    internal bool TryTakeSlot()
    {
        var running = Interlocked.Increment(ref _inFlight);
        if (Limits.Concurrency is not { } most || running <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    /// <summary>Takes the request and the tokens that <see cref="Check"/> found free, and returns the tokens. The caller has entered.</summary>
    internal long TakeRates(in LimitDemand demand)
    {
        var reserved = 0L;
        if (Limits.Tpm is { } tpm)
        {
            // Where the caller bounds nothing, part of what is left is held for the answer.
            var needed = demand.Tokens(tpm);
            var tokens = Window(ref _tokens, demand.Now);
            reserved = demand.Output >= 0 ? needed : needed + Math.Clamp(tpm - tokens.Sum - needed, 0, UnboundedOutput);
        }

        // A count whose limit is switched off goes on, so that switching it on again finds it.
        Volatile.Write(ref _usedAt, demand.Now);
        if (Limits.Rpm is not null || _requests is not null)
        {
            Window(ref _requests, demand.Now).Add(demand.Now, 1);
        }

        if (reserved > 0)
        {
            Window(ref _tokens, demand.Now).Add(demand.Now, reserved);
        }

        return reserved;
    }

    /// <summary>A decision with this limiter's states. The caller has entered.</summary>
    internal LimitDecision Describe(in LimitDecision decision, long now)
    {
        var limits = Limits;
        return decision.With(State(_requests, limits.Rpm, now), State(_tokens, limits.Tpm, now));
    }

    /// <summary>Ends the limiter where no call holds a slot of it: whoever has found it must look again. False when one does.</summary>
    internal bool TryRetire()
    {
        lock (_lock)
        {
            return _retired = InFlight == 0;
        }
    }

    private static void Prefer(LimitKind kind, int seconds, ref LimitKind refused, ref int wait)
    {
        if (seconds > wait || refused == LimitKind.Concurrency)
        {
            (refused, wait) = (kind, seconds);
        }
    }

    private static LimitState? State(SlidingMinute? window, long? limit, long now)
    {
        window?.Advance(now);
        return limit is { } most ? new LimitState(most, Math.Max(0, most - (window?.Sum ?? 0)), window?.SecondsUntilEmpty() ?? 0) : null;
    }

    private static SlidingMinute Window(ref SlidingMinute? window, long now)
    {
        window ??= new SlidingMinute();
        window.Advance(now);
        return window;
    }
}
