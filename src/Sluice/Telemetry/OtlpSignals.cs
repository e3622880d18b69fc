using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sluice.Telemetry;

/// <summary>Where one signal is sent.</summary>
/// <param name="Url">An http or https address.</param>
/// <param name="NamesProtocol">True when the operator says which protocol is spoken there.</param>
/// <param name="NamesService">True when the operator names the service.</param>
internal sealed record OtlpTarget(Uri Url, bool NamesProtocol, bool NamesService);

/// <summary>
/// Makes the exporters. Apart from <see cref="OtlpExport"/>, because the SDK is loaded with the first method that names it.
/// </summary>
internal static class OtlpSignals
{
    /// <summary>The spans of calls. Disposing of it sends what is left.</summary>
    public static IDisposable Traces(OtlpTarget target) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => Describe(resource, target))
        .AddSource(GatewayTracing.SourceName)
        .AddOtlpExporter(options => Choose(options, target))
        .Build();

    /// <summary>The gateway's metrics and the runtime's. Disposing of it sends what is left.</summary>
    public static IDisposable Metrics(OtlpTarget target) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(resource => Describe(resource, target))
        .AddMeter(GatewayMeter.Name, "System.Runtime")
        .AddOtlpExporter(options => Choose(options, target))
        .Build();

    /// <summary>
    /// The specification's default is http/protobuf, the .NET exporter's is gRPC: without a word of the operator's the
    /// port decides, since 4317 is gRPC's.
    /// </summary>
    private static void Choose(OtlpExporterOptions options, OtlpTarget target)
    {
        if (!target.NamesProtocol)
        {
            options.Protocol = target.Url.Port == 4317 ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }
    }

    private static void Describe(ResourceBuilder resource, OtlpTarget target)
    {
        if (!target.NamesService)
        {
            resource.AddService("sluice", serviceVersion: BuildInfo.Version);
        }
    }
}
