using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sluice.Telemetry;

/// <summary>
/// Sends traces and metrics over OTLP when the usual environment variables name an endpoint, and costs nothing when they
/// do not: without a provider nobody listens to the source and the meter. Everything else (headers, intervals, sampler,
/// resource) is read from the <c>OTEL_*</c> variables by the SDK itself.
/// </summary>
/// <param name="variable">Reads an environment variable; null when it is not set.</param>
/// <param name="logger">Says where exports go.</param>
internal sealed partial class OtlpExport(Func<string, string?> variable, ILogger<OtlpExport> logger) : IHostedService, IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return Task.CompletedTask;
        }

        if (Target("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") is { } traces)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(Describe)
                .AddSource(GatewayTracing.SourceName)
                .AddOtlpExporter(options => Choose(options, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", traces))
                .Build();
            Log.Exporting(logger, "traces", traces.Host, traces.Port);
        }

        if (Target("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is { } metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(Describe)
                .AddMeter(GatewayMeter.Name, "System.Runtime")
                .AddOtlpExporter(options => Choose(options, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", metrics))
                .Build();
            Log.Exporting(logger, "metrics", metrics.Host, metrics.Port);
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

    private Uri? Target(string ownVariable)
    {
        var text = Value(ownVariable) ?? Value(Endpoint);
        if (text is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        Log.BadEndpoint(logger, ownVariable, Endpoint);
        return null;
    }

    /// <summary>
    /// The specification's default is http/protobuf, the .NET exporter's is gRPC: without a word of the operator's the
    /// port decides, since 4317 is gRPC's.
    /// </summary>
    private void Choose(OtlpExporterOptions options, string ownVariable, Uri target)
    {
        if ((Value(ownVariable) ?? Value(Protocol)) is null)
        {
            options.Protocol = target.Port == 4317 ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }
    }

    private void Describe(ResourceBuilder resource)
    {
        if (Value("OTEL_SERVICE_NAME") is null)
        {
            resource.AddService("sluice", serviceVersion: BuildInfo.Version);
        }
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
