namespace Sluice.Telemetry;

/// <summary>
/// Sends traces and metrics over OTLP when the usual environment variables name an endpoint, and costs nothing when they
/// do not: nobody listens to the source and the meter, and the exporter is not even loaded. Everything else (headers,
/// intervals, sampler, resource) is read from the <c>OTEL_*</c> variables by the SDK itself.
/// </summary>
/// <param name="variable">Reads an environment variable; null when it is not set.</param>
/// <param name="logger">Says where exports go.</param>
internal sealed partial class OtlpExport(Func<string, string?> variable, ILogger<OtlpExport> logger) : IHostedService, IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private IDisposable? _traces;
    private IDisposable? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return Task.CompletedTask;
        }

        if (TargetOf("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") is { } traces)
        {
            _traces = OtlpSignals.Traces(traces);
            Log.Exporting(logger, "traces", traces.Url.Host, traces.Url.Port);
        }

        if (TargetOf("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL") is { } metrics)
        {
            _metrics = OtlpSignals.Metrics(metrics);
            Log.Exporting(logger, "metrics", metrics.Url.Host, metrics.Url.Port);
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends what is left, within the time that the host gives.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, CancellationToken.None);

    public void Dispose()
    {
        Interlocked.Exchange(ref _traces, null)?.Dispose();
        Interlocked.Exchange(ref _metrics, null)?.Dispose();
    }

    private OtlpTarget? TargetOf(string endpointVariable, string protocolVariable)
    {
        var text = Value(endpointVariable) ?? Value(Endpoint);
        if (text is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return new OtlpTarget(
                url, NamesProtocol: (Value(protocolVariable) ?? Value(Protocol)) is not null, NamesService: Value("OTEL_SERVICE_NAME") is not null);
        }

        Log.BadEndpoint(logger, endpointVariable, Endpoint);
        return null;
    }

    /// <summary>An empty variable counts as absent, as the OpenTelemetry specification says.</summary>
    private string? Value(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Information, "OTLP {Signal} go to {Host}:{Port}")]
        public static partial void Exporting(ILogger logger, string signal, string host, int port);

        [LoggerMessage(7002, LogLevel.Warning, "{Variable} or {Fallback} is not an http or https URL: nothing is exported")]
        public static partial void BadEndpoint(ILogger logger, string variable, string fallback);
    }
}
