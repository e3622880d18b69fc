namespace Sluice.Limits;

/// <summary>What a call asks of limits, beside one request and one slot.</summary>
/// <param name="Input">An upper estimate of its input, in tokens.</param>
/// <param name="Output">The output's bound in tokens as the caller stated it; -1 when it stated none.</param>
/// <param name="Now">The current time of a monotonic clock, in milliseconds.</param>
internal readonly record struct LimitDemand(long Input, long Output, long Now)
{
    /// <summary>
    /// The tokens to take from a limit. A call that is larger than the whole limit takes all of it, so that it is let in when
    /// the window is empty; else it could never run. Both numbers may be as large as a number can be.
    /// </summary>
    public long Tokens(long limit)
    {
        var most = Math.Max(1, limit);
        var input = Math.Clamp(Input, 0, most);
        return Math.Max(1, input + Math.Clamp(Output, 0, most - input));
    }
}
