using System.Buffers;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Telemetry;

/// <summary>What <c>/metrics</c> answers. Each family is listed in docs/operations/observe.md.</summary>
internal sealed class PrometheusExposition(
    GatewayMetrics metrics, IReadiness readiness, IConfigurationSource configuration, ServiceClock clock)
{
    /// <param name="output">Where the text goes.</param>
    /// <param name="withMoney">True adds what calls cost: the operator's business, not everyone's.</param>
    public void Write(IBufferWriter<byte> output, bool withMoney)
    {
        var writer = new PrometheusWriter(output);
        var calls = metrics.Calls.ToList();
        WriteCalls(writer, calls);
        WriteTokens(writer, calls);
        if (withMoney)
        {
            WriteCost(writer, calls);
        }

        WriteUpstreams(writer);
        WriteService(writer);
        RuntimeGauges.Write(writer);
    }

    private static void WriteCalls(PrometheusWriter writer, List<CallSeries> calls)
    {
        writer.Family("sluice_requests_total", "counter", "Model calls that have ended, by the status that the client saw.");
        foreach (var series in calls)
        {
            for (var slot = 0; slot < StatusSlots.Count; slot++)
            {
                if (Volatile.Read(in series.Requests[slot]) is > 0 and var count)
                {
                    writer.Sample("sluice_requests_total", count, Operation(series), Dialect(series), Provider(series), Model(series), ("status", StatusSlots.Labels[slot]));
                }
            }
        }

        writer.Family("sluice_request_duration_seconds", "histogram", "From a call's arrival to its answer's last byte.");
        foreach (var series in calls)
        {
            writer.Histogram("sluice_request_duration_seconds", series.Duration, Operation(series), Provider(series), Model(series));
        }

        writer.Family("sluice_time_to_first_token_seconds", "histogram", "From a call's arrival to its answer's first body byte.");
        foreach (var series in calls.Where(s => s.HasFirstToken))
        {
            writer.Histogram("sluice_time_to_first_token_seconds", series.FirstToken, Operation(series), Provider(series), Model(series));
        }
    }

    private static void WriteTokens(PrometheusWriter writer, List<CallSeries> calls)
    {
        writer.Family("sluice_tokens_total", "counter", "Tokens by disjoint bucket: their sum is the total.");
        foreach (var series in calls)
        {
            for (var bucket = 0; bucket < TokenBuckets.Count; bucket++)
            {
                if (Volatile.Read(in series.Tokens[bucket]) is > 0 and var count)
                {
                    writer.Sample("sluice_tokens_total", count, Operation(series), Provider(series), Model(series), ("type", TokenBuckets.Labels[bucket]));
                }
            }
        }

        Counter(writer, calls, "sluice_reasoning_tokens_total", "The part of the output tokens that was reasoning.", s => s.ReasoningTokens);
        Counter(writer, calls, "sluice_estimated_calls_total", "Calls whose tokens Sluice counted because the upstream did not say.", s => s.Estimated);
        Counter(writer, calls, "sluice_unpriced_calls_total", "Calls that used tokens of a model without a known price.", s => s.Unpriced);
    }

    private static void WriteCost(PrometheusWriter writer, List<CallSeries> calls) =>
        Counter(writer, calls, "sluice_cost_usd_total", "What ended calls cost; only in a scrape with an administrator's key.", s => s.CostNanoUsd / 1e9);

    private static void Counter(PrometheusWriter writer, List<CallSeries> calls, string name, string help, Func<CallSeries, double> read)
    {
        writer.Family(name, "counter", help);
        foreach (var series in calls)
        {
            if (read(series) is > 0 and var value)
            {
                writer.Sample(name, value, Operation(series), Provider(series), Model(series));
            }
        }
    }

    private void WriteUpstreams(PrometheusWriter writer)
    {
        var providers = metrics.Providers.ToList();
        writer.Family("sluice_upstream_attempts_total", "counter", "Upstream attempts; a call that fails over makes several.");
        foreach (var provider in providers)
        {
            writer.Sample("sluice_upstream_attempts_total", provider.Attempts, ("provider", provider.Name));
        }

        writer.Family("sluice_upstream_failures_total", "counter", "Failed upstream attempts by kind.");
        foreach (var provider in providers)
        {
            for (var kind = 0; kind < ProviderSeries.KindLabels.Length; kind++)
            {
                if (Volatile.Read(in provider.Failures[kind]) is > 0 and var count)
                {
                    writer.Sample("sluice_upstream_failures_total", count, ("provider", provider.Name), ("kind", ProviderSeries.KindLabels[kind]));
                }
            }
        }
    }

    private void WriteService(PrometheusWriter writer)
    {
        writer.Family("sluice_errors_total", "counter", "Errors answered, by code of docs/errors.md.");
        foreach (var error in metrics.Errors)
        {
            writer.Sample("sluice_errors_total", error.Count, ("code", error.Code));
        }

        Gauge(writer, "sluice_calls_in_flight", "Model calls that have begun and not ended.", metrics.InFlight);
        foreach (var gauge in metrics.Gauges)
        {
            Gauge(writer, gauge.Name, gauge.Help, gauge.Read());
        }

        Gauge(writer, "sluice_ready", "1 while new calls are welcome, 0 while starting or draining.", readiness.State == ServiceState.Serving ? 1 : 0);
        Gauge(writer, "sluice_config_generation", "Raised by one with every change of the configuration.", configuration.Current.Generation);
        Gauge(writer, "sluice_uptime_seconds", "Since the service was built.", Math.Round(clock.Uptime.TotalSeconds, 3));
        writer.Family("sluice_build_info", "gauge", "Always 1; the labels say which build runs.");
        writer.Sample("sluice_build_info", 1, ("version", BuildInfo.Version), ("commit", BuildInfo.Commit), ("runtime", Environment.Version.ToString()));
    }

    private static void Gauge(PrometheusWriter writer, string name, string help, double value)
    {
        writer.Family(name, "gauge", help);
        writer.Sample(name, value);
    }

    private static (string, string) Operation(CallSeries series) => ("operation", series.Operation.Name);

    private static (string, string) Dialect(CallSeries series) => ("dialect", series.Operation.Wire);

    private static (string, string) Provider(CallSeries series) => ("provider", series.Target.Provider.Name);

    private static (string, string) Model(CallSeries series) => ("model", series.Target.Model);
}
