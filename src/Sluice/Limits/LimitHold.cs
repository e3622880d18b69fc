namespace Sluice.Limits;

/// <summary>What a call has taken from limiters. It belongs to the call, which gives it back once, however it ends.</summary>
internal struct LimitHold
{
    /// <summary>True from being let in until <see cref="Release"/>.</summary>
    public readonly bool IsHeld => Own is not null;

    /// <summary>The limiter of the caller's own key.</summary>
    internal SubjectLimiter? Own { get; set; }

    internal long OwnReserved { get; set; }

    /// <summary>Those of the configuration's <c>limits</c>; null where none applies, as for most calls.</summary>
    internal Share[]? Others { get; set; }

    internal long TakenAt { get; set; }

    /// <summary>Gives the slots back and puts the truth in place of the reserved tokens; does nothing the second time.</summary>
    /// <param name="usedTokens">What the call used.</param>
    /// <param name="now">The current time of the limiters' clock, in milliseconds.</param>
    public void Release(long usedTokens, long now)
    {
        var given = this;
        this = default;
        given.Own?.Release(given.OwnReserved, usedTokens, given.TakenAt, now);
        foreach (var share in given.Others ?? [])
        {
            share.Limiter.Release(share.Reserved, usedTokens, given.TakenAt, now);
        }
    }

    /// <summary>Counts tokens that a long call has used so far; what it gives back in the end is not touched.</summary>
    /// <param name="usedTokens">What it used since the last time.</param>
    /// <param name="now">The current time of the limiters' clock, in milliseconds.</param>
    public readonly void Count(long usedTokens, long now)
    {
        Own?.Count(usedTokens, now);
        foreach (var share in Others ?? [])
        {
            share.Limiter.Count(usedTokens, now);
        }
    }

    /// <param name="Limiter">Which limiter.</param>
    /// <param name="Reserved">The tokens taken from it.</param>
    internal readonly record struct Share(SubjectLimiter Limiter, long Reserved);
}
