namespace Sluice.Telemetry;

/// <summary>
/// One line per failed call, none per successful one: a gateway under load would spend more on its log than on its work,
/// and the usage record has the rest. Only names of the configuration, codes and numbers; never a prompt, an answer, a key.
/// </summary>
internal sealed partial class CallLog(ILogger<CallLog> logger)
{
    /// <summary>Writes the line of a failed call; nothing for a success, unless the category's level is Debug.</summary>
    /// <param name="requestId">The value of <c>x-request-id</c>.</param>
    /// <param name="keyName">The caller's key by name; null when nobody was identified.</param>
    /// <param name="target">The last target that was tried.</param>
    /// <param name="call">How the call ended.</param>
    public void Ended(string requestId, string? keyName, TargetSeries target, in CallSummary call)
    {
        if (call.ErrorCode is null && call.HttpStatus < 400)
        {
            if (logger.IsEnabled(LogLevel.Debug))
            {
                Log.Served(logger, requestId, keyName, call.Operation.Name, target.Provider.Name, target.Model, call.HttpStatus, call.Attempts, call.LatencyMicros / 1000);
            }

            return;
        }

        // What the client can mend is information; what the operator must look at is a warning.
        var level = call.HttpStatus is >= 400 and < 500 ? LogLevel.Information : LogLevel.Warning;
        Log.Failed(logger, level, requestId, keyName, call.Operation.Name, target.Provider.Name, target.Model, call.HttpStatus, call.ErrorCode, call.Attempts, call.LatencyMicros / 1000);
    }

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Debug, "{RequestId} {Operation} served: status {Status}, key {Key}, provider {Provider}, model {Model}, attempts {Attempts}, {Milliseconds} ms")]
        public static partial void Served(ILogger logger, string requestId, string? key, string operation, string provider, string model, int status, int attempts, long milliseconds);

        [LoggerMessage(EventId = 7102, Message = "{RequestId} {Operation} failed: status {Status}, code {Code}, key {Key}, provider {Provider}, model {Model}, attempts {Attempts}, {Milliseconds} ms")]
        public static partial void Failed(ILogger logger, LogLevel level, string requestId, string? key, string operation, string provider, string model, int status, string? code, int attempts, long milliseconds);
    }
}
