namespace Sluice.Telemetry;

/// <summary>
/// One line per failed call, none per successful one: a gateway under load would spend more on its log than on its work,
/// and the usage record has the rest. Only names of the configuration, codes and numbers; never a prompt, an answer, a key.
/// When everything fails at once, or somebody guesses keys, a bounded number of lines per second is written and the rest
/// is counted.
/// </summary>
internal sealed partial class CallLog(ILogger<CallLog> logger, TimeProvider time)
{
    /// <summary>Enough to see what is going on, few enough not to be the next thing that goes wrong.</summary>
    internal const int MaxLinesPerSecond = 100;

    /// <summary>The code of a call whose client closed its connection: not a failure of anybody's.</summary>
    private const string ClientGone = "client_gone";

    private long _second;
    private int _lines;

    /// <summary>Writes the line of a failed call; nothing for a success or a client that left, unless the level is Debug.</summary>
    /// <param name="requestId">The value of <c>x-request-id</c>.</param>
    /// <param name="keyName">The caller's key by name; null when nobody was identified.</param>
    /// <param name="target">The last target that was tried.</param>
    /// <param name="call">How the call ended.</param>
    public void Ended(string requestId, string? keyName, TargetSeries target, in CallSummary call)
    {
        var failed = call.ErrorCode is not null || call.HttpStatus >= 400;

        // What the client can mend is information; what the operator must look at is a warning.
        var level = !failed || call.ErrorCode == ClientGone ? LogLevel.Debug
            : call.HttpStatus is >= 400 and < 500 ? LogLevel.Information
            : LogLevel.Warning;
        if (!logger.IsEnabled(level) || !HasRoom())
        {
            return;
        }

        var provider = OrDash(target.Provider.Name);
        var model = OrDash(target.Model);
        var key = OrDash(keyName);
        var code = OrDash(call.ErrorCode);
        var milliseconds = call.LatencyMicros / 1000;
        if (failed)
        {
            Log.Failed(logger, level, requestId, call.Operation.Name, call.HttpStatus, code, key, provider, model, call.Attempts, milliseconds);
        }
        else
        {
            Log.Served(logger, requestId, call.Operation.Name, call.HttpStatus, key, provider, model, call.Attempts, milliseconds);
        }
    }

    private bool HasRoom()
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        var last = Volatile.Read(ref _second);
        if (second != last && Interlocked.CompareExchange(ref _second, second, last) == last)
        {
            var left = Interlocked.Exchange(ref _lines, 0) - MaxLinesPerSecond;
            if (left > 0)
            {
                Log.LeftOut(logger, left);
            }
        }

        return Interlocked.Increment(ref _lines) <= MaxLinesPerSecond;
    }

    private static string OrDash(string? text) => string.IsNullOrEmpty(text) ? "-" : text;

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Debug, "{RequestId} {Operation} served: status {Status}, key {Key}, provider {Provider}, model {Model}, attempts {Attempts}, {Milliseconds} ms")]
        public static partial void Served(ILogger logger, string requestId, string operation, int status, string key, string provider, string model, int attempts, long milliseconds);

        [LoggerMessage(EventId = 7102, Message = "{RequestId} {Operation} failed: status {Status}, code {Code}, key {Key}, provider {Provider}, model {Model}, attempts {Attempts}, {Milliseconds} ms")]
        public static partial void Failed(ILogger logger, LogLevel level, string requestId, string operation, int status, string code, string key, string provider, string model, int attempts, long milliseconds);

        [LoggerMessage(7103, LogLevel.Warning, "{Count} more ended calls were not logged one by one: the metrics count them")]
        public static partial void LeftOut(ILogger logger, int count);
    }
}
