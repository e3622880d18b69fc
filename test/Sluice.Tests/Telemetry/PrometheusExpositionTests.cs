using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Tests.Telemetry;

public sealed partial class PrometheusExpositionTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly Readiness _readiness = new();

    public void Dispose() => _metrics.Meter.Dispose();

    [Fact]
    public void Write_AfterCalls_IsAValidExposition()
    {
        var target = TestSeries.Smart(_metrics);
        target.Provider.AttemptStarted();
        target.Provider.AttemptFailed(UpstreamFailureKind.Timeout);
        _metrics.CallEnded(target, TestSeries.Success());
        _metrics.CallEnded(target, TestSeries.Success() with { LatencyMicros = 200_000_000 });
        _metrics.CallEnded(_metrics.Unrouted, TestSeries.Failure(401, "invalid_api_key"));

        var lines = Write(withMoney: true).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var families = new Dictionary<string, string>();
        var current = "";
        foreach (var line in lines)
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ');
                families.TryAdd(parts[2], parts[3]).ShouldBeTrue($"{parts[2]} is declared twice");
                current = parts[2];
            }
            else if (!line.StartsWith('#'))
            {
                var sample = SampleLine().Match(line);
                sample.Success.ShouldBeTrue(line);
                sample.Groups[1].Value.ShouldStartWith(current);
                double.TryParse(sample.Groups[2].Value, CultureInfo.InvariantCulture, out _).ShouldBeTrue(line);
            }
        }

        lines.Where(l => !l.StartsWith('#')).Select(l => l[..l.LastIndexOf(' ')]).ShouldBeUnique();
        lines.ShouldContain("""sluice_requests_total{operation="chat",dialect="openai-chat",provider="openai-main",model="smart",status="200"} 2""");
        lines.ShouldContain("""sluice_request_duration_seconds_bucket{operation="chat",provider="openai-main",model="smart",le="0.02"} 0""");
        lines.ShouldContain("""sluice_request_duration_seconds_bucket{operation="chat",provider="openai-main",model="smart",le="81.92"} 1""");
        lines.ShouldContain("""sluice_request_duration_seconds_bucket{operation="chat",provider="openai-main",model="smart",le="+Inf"} 2""");
        lines.ShouldContain("""sluice_request_duration_seconds_count{operation="chat",provider="openai-main",model="smart"} 2""");
        lines.ShouldContain("""sluice_tokens_total{operation="chat",provider="openai-main",model="smart",type="cache_read"} 40""");
        lines.ShouldContain("""sluice_upstream_failures_total{provider="openai-main",kind="timeout"} 1""");
        lines.ShouldContain("""sluice_errors_total{code="invalid_api_key"} 1""");
        lines.ShouldContain("sluice_config_generation 7");
        lines.ShouldContain("sluice_ready 0");
        lines.ShouldContain("""sluice_cost_usd_total{operation="chat",provider="openai-main",model="smart"} 0.003""");
        families["process_resident_memory_bytes"].ShouldBe("gauge");
        families["sluice_request_duration_seconds"].ShouldBe("histogram");
    }

    [Fact]
    public void Write_WithoutMoney_ShowsNoCost()
    {
        _metrics.CallEnded(TestSeries.Smart(_metrics), TestSeries.Success());

        Write(withMoney: false).ShouldNotContain("cost");
    }

    [Fact]
    public void Write_OddNames_AreEscaped()
    {
        _metrics.CallEnded(_metrics.Target("p", "a\"b\\c\nd", UpstreamIdentity.None), TestSeries.Success());

        Write(withMoney: false).ShouldContain("""model="a\"b\\c\nd",status="200"} 1""");
    }

    [Fact]
    public void Write_RegisteredGauge_IsReadWhenAsked()
    {
        var depth = 3;
        _metrics.RegisterGauge("sluice_usage_queue_depth", "Usage records that wait to be written.", () => depth);
        depth = 5;

        Write(withMoney: false).ShouldContain("# TYPE sluice_usage_queue_depth gauge\nsluice_usage_queue_depth 5\n");
    }

    private string Write(bool withMoney)
    {
        var output = new ArrayBufferWriter<byte>();
        new PrometheusExposition(_metrics, _readiness, new FixedConfiguration(7), new ServiceClock(TimeProvider.System))
            .Write(output, withMoney);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    [GeneratedRegex("""^([a-z_]+)(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? (\S+)$""")]
    private static partial Regex SampleLine();
}
