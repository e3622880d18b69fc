namespace Sluice.Cli.Doctor;

internal enum CheckStatus
{
    Ok,

    /// <summary>Works, and somebody should know.</summary>
    Warning,

    Failed,
}

/// <summary>What one check found.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">What to do; null when there is nothing to do.</param>
internal sealed record CheckResult(string Name, CheckStatus Status, string Message, string? Fix = null)
{
    /// <summary>What the process ends with when this check is the worst.</summary>
    public int ExitCode { get; init; } = Status is CheckStatus.Failed ? Cli.ExitCode.Failure : Cli.ExitCode.Ok;

    public static CheckResult Ok(string name, string message) => new(name, CheckStatus.Ok, message);

    public static CheckResult Warning(string name, string message, string fix) => new(name, CheckStatus.Warning, message, fix);

    public static CheckResult Failed(string name, string message, string fix, int exitCode = Cli.ExitCode.Failure)
        => new(name, CheckStatus.Failed, message, fix) { ExitCode = exitCode };
}
