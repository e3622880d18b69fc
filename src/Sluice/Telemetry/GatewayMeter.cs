using System.Diagnostics.Metrics;

namespace Sluice.Telemetry;

/// <summary>
/// The meter <c>Sluice</c>, for OpenTelemetry and any other <see cref="MeterListener"/>. Counters are observed from the
/// cells that <see cref="GatewayMetrics"/> keeps anyway; the histograms of the GenAI conventions have no observable form
/// and are recorded per call, but only while somebody listens.
/// </summary>
internal sealed class GatewayMeter : IDisposable
{
    public const string Name = "Sluice";

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<long> _tokens;

    public GatewayMeter(GatewayMetrics metrics)
    {
        _duration = _meter.CreateHistogram(
            "gen_ai.client.operation.duration", "s", "GenAI operation duration.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets.Duration });
        _firstToken = _meter.CreateHistogram(
            "gen_ai.server.time_to_first_token", "s", "Time to generate the first token of a successful answer.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets.FirstToken });
        _tokens = _meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Input and output tokens used.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [.. Buckets.Tokens.Select(b => (long)b)] });

        _meter.CreateObservableCounter("sluice.requests", () => Requests(metrics), "{request}", "Model calls that have ended.");
        _meter.CreateObservableCounter("sluice.tokens", () => Tokens(metrics), "{token}", "Tokens by disjoint bucket.");
        _meter.CreateObservableCounter("sluice.cost", () => Cost(metrics), "USD", "What ended calls cost.");
        _meter.CreateObservableCounter("sluice.upstream.attempts", () => Attempts(metrics), "{attempt}", "Upstream attempts.");
        _meter.CreateObservableCounter("sluice.upstream.failures", () => Failures(metrics), "{attempt}", "Failed upstream attempts by kind.");
        _meter.CreateObservableCounter("sluice.errors", () => Errors(metrics), "{error}", "Errors answered, by code of docs/errors.md.");
        _meter.CreateObservableUpDownCounter("sluice.calls.in_flight", () => metrics.InFlight, "{request}", "Model calls in flight.");
    }

    /// <summary>The meter itself, for listeners that must tell it from another instance's.</summary>
    internal Meter Instruments => _meter;

    public void Dispose() => _meter.Dispose();

    /// <summary>Feeds the histograms; three reads of a flag when nobody listens.</summary>
    public void Record(CallSeries series, in CallSummary call)
    {
        if (_duration.Enabled)
        {
            _duration.Record(call.LatencyMicros / 1e6, call.HttpStatus < 400 && call.ErrorCode is null ? series.Tags.Call : series.Tags.Failed(in call));
        }

        if (_firstToken.Enabled && call.FirstTokenMicros > 0)
        {
            _firstToken.Record(call.FirstTokenMicros / 1e6, series.Tags.Call);
        }

        if (_tokens.Enabled && call.Tokens.Total > 0)
        {
            _tokens.Record(call.Tokens.TotalInput, series.Tags.InputTokens);
            _tokens.Record(call.Tokens.TotalOutput, series.Tags.OutputTokens);
        }
    }

    private static IEnumerable<Measurement<long>> Requests(GatewayMetrics metrics)
    {
        foreach (var series in metrics.Calls)
        {
            for (var slot = 0; slot < StatusSlots.Count; slot++)
            {
                if (series.Requests[slot] is > 0 and var count)
                {
                    yield return new(count, Tag("operation", series.Operation.Name), Tag("provider", series.Target.Provider.Name), Tag("model", series.Target.Model), Tag("status", StatusSlots.Labels[slot]));
                }
            }
        }
    }

    private static IEnumerable<Measurement<long>> Tokens(GatewayMetrics metrics)
    {
        foreach (var series in metrics.Calls)
        {
            for (var bucket = 0; bucket < TokenBuckets.Count; bucket++)
            {
                if (series.Tokens[bucket] is > 0 and var count)
                {
                    yield return new(count, Tag("operation", series.Operation.Name), Tag("provider", series.Target.Provider.Name), Tag("model", series.Target.Model), Tag("type", TokenBuckets.Labels[bucket]));
                }
            }
        }
    }

    private static IEnumerable<Measurement<double>> Cost(GatewayMetrics metrics) =>
        from series in metrics.Calls
        where series.CostNanoUsd > 0
        select new Measurement<double>(series.CostNanoUsd / 1e9, Tag("operation", series.Operation.Name), Tag("provider", series.Target.Provider.Name), Tag("model", series.Target.Model));

    private static IEnumerable<Measurement<long>> Attempts(GatewayMetrics metrics) =>
        from provider in metrics.Providers
        select new Measurement<long>(provider.Attempts, Tag("provider", provider.Name));

    private static IEnumerable<Measurement<long>> Failures(GatewayMetrics metrics)
    {
        foreach (var provider in metrics.Providers)
        {
            for (var kind = 0; kind < ProviderSeries.KindLabels.Length; kind++)
            {
                if (provider.Failures[kind] is > 0 and var count)
                {
                    yield return new(count, Tag("provider", provider.Name), Tag("kind", ProviderSeries.KindLabels[kind]));
                }
            }
        }
    }

    private static IEnumerable<Measurement<long>> Errors(GatewayMetrics metrics) =>
        from error in metrics.Errors
        select new Measurement<long>(error.Count, Tag("code", error.Code));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
