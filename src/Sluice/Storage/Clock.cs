namespace Sluice.Storage;

/// <summary>Times as the database keeps them: microseconds since the Unix epoch.</summary>
internal static class Clock
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    public static long UnixMicros(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerMicrosecond;

    public static DateTimeOffset FromUnixMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TicksPerMicrosecond);
}
