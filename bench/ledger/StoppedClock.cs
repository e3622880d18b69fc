namespace Sluice.Ledger.Benchmarks;

/// <summary>A clock that shows one instant, so that "the last 24 hours" are the sample's.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
