using System.Reflection;

namespace Sluice.Telemetry;

/// <summary>Which build this is.</summary>
internal static class BuildInfo
{
    /// <summary>Such as <c>0.1.0</c>, without the commit that the compiler appends.</summary>
    public static string Version { get; } = Full.Split('+')[0];

    /// <summary>The commit, when the build knew it; empty otherwise.</summary>
    public static string Commit { get; } = Full.Split('+') is [_, var commit] ? commit : "";

    private static string Full =>
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}

/// <summary>How long the service has been up.</summary>
internal sealed class ServiceClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public TimeSpan Uptime => time.GetElapsedTime(_started);

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();
}
