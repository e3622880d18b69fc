using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Telemetry.Logging;

internal static class LoggingSetup
{
    /// <summary>The environment variable that sets the level: trace, debug, info, warn, error, none. Default info.</summary>
    public const string LevelVariable = "SLUICE_LOG_LEVEL";

    /// <summary>
    /// Logs to standard error (standard output is for what commands answer): one readable line per event on a terminal,
    /// JSON otherwise or when asked for.
    /// </summary>
    /// <param name="logging">The host's logging; providers added before are removed.</param>
    /// <param name="json">True for JSON also on a terminal (<c>--json</c>).</param>
    /// <param name="level">The value of <see cref="LevelVariable"/>; null or unknown means info.</param>
    public static ILoggingBuilder AddSluiceConsole(this ILoggingBuilder logging, bool json, string? level)
    {
        var minimum = ParseLevel(level);
        logging.ClearProviders();
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.SetMinimumLevel(minimum);

        // The framework tells of every request and connection at its own information level: that is not news here.
        var framework = minimum < LogLevel.Information ? minimum : (LogLevel)Math.Max((int)LogLevel.Warning, (int)minimum);
        logging.AddFilter("Microsoft", framework);
        logging.AddFilter("System", framework);
        if (framework >= LogLevel.Warning)
        {
            // While anybody listens here, the host makes an activity and a log scope for every request: a fifth of what a
            // relayed call allocates. What it would say at this level, the server's own category and a failed start say too.
            logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }

        logging.AddConsoleFormatter<SluiceConsoleFormatter, SluiceConsoleOptions>(options => options.Json = json || Console.IsErrorRedirected);
        return logging.AddConsole(options =>
        {
            options.FormatterName = SluiceConsoleFormatter.FormatterName;
            options.LogToStandardErrorThreshold = LogLevel.Trace;

            // The default waits when the terminal is slow, and the request path must never wait for a log.
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
    }

    internal static LogLevel ParseLevel(string? level) => level?.Trim().ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "FATAL" or "CRITICAL" => LogLevel.Critical,
        "NONE" or "OFF" => LogLevel.None,
        _ => LogLevel.Information,
    };
}
