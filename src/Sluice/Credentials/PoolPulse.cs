namespace Sluice.Credentials;

/// <summary>
/// When a provider's credentials last got through: what tells a bad credential from a vendor that fails for all. Exact to a
/// part of a second, so that calls do not write to one place all the time.
/// </summary>
internal sealed class PoolPulse(TimeProvider time)
{
    private readonly long _step = time.TimestampFrequency / 20;
    private long _lastSuccess;

    /// <summary>The time stamp; 0 before the first success.</summary>
    public long LastSuccess => Volatile.Read(ref _lastSuccess);

    public void NoteSuccess(long now)
    {
        if (now - Volatile.Read(ref _lastSuccess) > _step)
        {
            Volatile.Write(ref _lastSuccess, now);
        }
    }
}
