using System.Globalization;

namespace Sluice.Cli.Doctor;

/// <summary>The host's clock and limits.</summary>
internal static class HostChecks
{
    /// <summary>Eight thousand streams with an upstream each, and what the process needs itself.</summary>
    private const long EnoughFiles = 20_000;

    /// <summary>A clock before the build of this program is wrong: keys would not expire and signatures would not be accepted.</summary>
    public static CheckResult Clock(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? AppContext.BaseDirectory);
        var text = now.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return now.UtcDateTime < built.AddDays(-1)
            ? CheckResult.Failed("clock", $"{text} is before this program was installed", "Set the clock, best by NTP")
            : CheckResult.Ok("clock", text);
    }

    /// <summary>How many connections the process may hold.</summary>
    public static CheckResult OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        const string Row = "Max open files";
        if (!File.Exists(Limits))
        {
            return CheckResult.Ok("open files", "the limit cannot be read on this system");
        }

        var soft = File.ReadLines(Limits).First(l => l.StartsWith(Row, StringComparison.Ordinal))[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) && files < EnoughFiles
            ? CheckResult.Warning("open files", $"the limit is {soft}", $"Raise it to {EnoughFiles} or more for many streams: ulimit -n, or LimitNOFILE= in systemd")
            : CheckResult.Ok("open files", $"the limit is {soft}");
    }
}
