using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Protocol;
using Sluice.Telemetry;

namespace Sluice.Tests.Telemetry;

[Collection(TraceListening.Name)]
public sealed class OtlpExportTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _received = new();
    private readonly GatewayMetrics _metrics = new();
    private WebApplication _collector = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _collector = builder.Build();
        _collector.MapPost("/{**path}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _received[request.Path] = $"{request.ContentType}\n{Encoding.Latin1.GetString(body.ToArray())}";
            return Results.Bytes([], "application/x-protobuf");
        });
        await _collector.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _collector.DisposeAsync();
        _metrics.Meter.Dispose();
    }

    [Fact]
    public async Task Start_EndpointGiven_SendsSpansAndMetricsWithTheConventionsNames()
    {
        // The exporter reads the process's environment by itself, so the variable has to stand there.
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Urls.Single());
        try
        {
            using var export = new OtlpExport(Environment.GetEnvironmentVariable, NullLogger<OtlpExport>.Instance);
            await export.StartAsync(CancellationToken.None);
            var target = TestSeries.Smart(_metrics);

            var call = GatewayTracing.StartCall(Operation.Chat, null, null).ShouldNotBeNull();
            _metrics.CallStarted();
            _metrics.CallEnded(target, TestSeries.Success());
            GatewayTracing.Finish(call, target, TestSeries.Success(), "req_1", "smart", "gpt-5.1");
            await export.StopAsync(CancellationToken.None);
        }
        finally
        {
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
        }

        var traces = _received["/v1/traces"];
        traces.ShouldStartWith("application/x-protobuf");
        traces.ShouldContain("chat smart");
        traces.ShouldContain("gen_ai.usage.input_tokens");
        traces.ShouldContain("service.name");
        traces.ShouldContain("sluice");
        var metrics = _received["/v1/metrics"];
        metrics.ShouldContain("gen_ai.client.operation.duration");
        metrics.ShouldContain("gen_ai.client.token.usage");
        metrics.ShouldContain("sluice.requests");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not a url")]
    [InlineData("ftp://collector:4318")]
    public async Task Start_NoUsableEndpoint_ListensToNothing(string? endpoint)
    {
        using var export = new OtlpExport(name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? endpoint : null, NullLogger<OtlpExport>.Instance);

        await export.StartAsync(CancellationToken.None);

        GatewayTracing.StartCall(Operation.Chat, null, null).ShouldBeNull();
        await export.StopAsync(CancellationToken.None);
    }
}
