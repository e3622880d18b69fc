using System.Diagnostics.Metrics;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Tests.Telemetry;

public sealed class GatewayMetricsTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();

    public void Dispose() => _metrics.Meter.Dispose();

    [Fact]
    public void CallEnded_Success_CountsStatusLatencyTokensAndCost()
    {
        var target = TestSeries.Smart(_metrics);

        _metrics.CallStarted();
        _metrics.InFlight.ShouldBe(1);
        _metrics.CallEnded(target, TestSeries.Success());

        _metrics.InFlight.ShouldBe(0);
        var series = target.For(Operation.Chat);
        series.Requests[StatusSlots.Of(200)].ShouldBe(1);
        series.Duration.SumSeconds.ShouldBe(0.03);
        series.Duration.Counts[2].ShouldBe(1);
        series.FirstToken.Counts[1].ShouldBe(1);
        series.Tokens.ToArray().ShouldBe([100, 20, 3, 4, 50]);
        series.ReasoningTokens.ShouldBe(10);
        series.CostNanoUsd.ShouldBe(1_500_000);
        series.Unpriced.ShouldBe(0);
        series.Estimated.ShouldBe(0);
    }

    [Fact]
    public void CallEnded_UnpricedAndEstimated_AreCountedApartFromCost()
    {
        var target = TestSeries.Smart(_metrics);

        _metrics.CallStarted();
        _metrics.CallEnded(target, TestSeries.Success() with { CostNanoUsd = null, Estimated = true });

        var series = target.For(Operation.Chat);
        series.Unpriced.ShouldBe(1);
        series.Estimated.ShouldBe(1);
        series.CostNanoUsd.ShouldBe(0);
    }

    [Fact]
    public void CallEnded_FailureWithoutTokens_IsNotUnpriced()
    {
        _metrics.CallStarted();
        _metrics.CallEnded(_metrics.Unrouted, TestSeries.Failure(404, "model_not_found"));

        var series = _metrics.Unrouted.For(Operation.Chat);
        series.Unpriced.ShouldBe(0);
        series.Requests[StatusSlots.Of(404)].ShouldBe(1);
        _metrics.Errors.Single().Code.ShouldBe("model_not_found");
        _metrics.Errors.Single().Count.ShouldBe(1);
    }

    [Fact]
    public void CallEnded_Warm_AllocatesNothing()
    {
        var target = TestSeries.Smart(_metrics);
        var call = TestSeries.Success();
        for (var i = 0; i < 100; i++)
        {
            _metrics.CallEnded(target, in call);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _metrics.CallStarted();
            _metrics.CallEnded(target, in call);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public async Task CallEnded_ConcurrentCalls_LosesNone()
    {
        const int threads = 4, each = 5_000;
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                _metrics.CallStarted();
                _metrics.CallEnded(_metrics.Target("p", "m", UpstreamIdentity.None), TestSeries.Success());
            }
        })));

        var series = _metrics.Target("p", "m", UpstreamIdentity.None).For(Operation.Chat);
        series.Requests[StatusSlots.Of(200)].ShouldBe(threads * each);
        series.Tokens[TokenBuckets.Output].ShouldBe(50L * threads * each);
        _metrics.InFlight.ShouldBe(0);
    }

    [Fact]
    public void Target_SameNamesAfterReload_KeepsTheSeriesAndTakesTheNewIdentity()
    {
        var before = TestSeries.Smart(_metrics);
        before.For(Operation.Chat).Tags.Call.ShouldContain(t => t.Key == GenAIAttributes.ServerAddress && Equals(t.Value, "api.openai.com"));

        var after = _metrics.Target("openai-main", "smart", new UpstreamIdentity("openai", "eu.example", 8443));

        after.ShouldBeSameAs(before);
        after.For(Operation.Chat).Tags.Call.ShouldContain(t => t.Key == GenAIAttributes.ServerAddress && Equals(t.Value, "eu.example"));
    }

    [Fact]
    public void Target_BeyondTheBound_CountsUnderOther()
    {
        for (var i = 0; i < GatewayMetrics.MaxTargets; i++)
        {
            _ = _metrics.Target("p", $"m{i}", UpstreamIdentity.None);
        }

        _metrics.Target("p", "one-more", UpstreamIdentity.None).Model.ShouldBe("other");
        _metrics.Target("p", "m7", UpstreamIdentity.None).Model.ShouldBe("m7");
    }

    [Theory]
    [InlineData(200, "200")]
    [InlineData(529, "529")]
    [InlineData(418, "4xx")]
    [InlineData(507, "5xx")]
    [InlineData(201, "2xx")]
    [InlineData(0, "other")]
    [InlineData(999, "other")]
    public void StatusSlots_AnyStatus_FallsIntoAClosedSet(int status, string label) =>
        StatusSlots.Labels[StatusSlots.Of(status)].ShouldBe(label);

    [Fact]
    public void KindLabels_EveryFailureKind_HasOne() =>
        ProviderSeries.KindLabels.Length.ShouldBe(Enum.GetValues<UpstreamFailureKind>().Length);

    [Fact]
    public void Meter_WithAListener_ShowsCountersAndGenAIHistograms()
    {
        var target = TestSeries.Smart(_metrics);
        var seen = new Dictionary<string, List<(double Value, string Tags)>>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == GatewayMeter.Name)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Note(i, v, tags));
        listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Note(i, v, tags));
        listener.Start();

        target.Provider.AttemptStarted();
        target.Provider.AttemptFailed(UpstreamFailureKind.RateLimited);
        _metrics.CallStarted();
        _metrics.CallEnded(target, TestSeries.Success());
        _metrics.CallStarted();
        _metrics.CallEnded(target, TestSeries.Failure(502, "upstream_failed"));
        listener.RecordObservableInstruments();

        var model = "gen_ai.operation.name=chat gen_ai.request.model=smart gen_ai.provider.name=openai server.address=api.openai.com server.port=443";
        seen["gen_ai.client.operation.duration"].ShouldContain((0.03, model));
        seen["gen_ai.client.operation.duration"].ShouldContain((0.001, $"{model} error.type=upstream_failed"));
        seen["gen_ai.server.time_to_first_token"].ShouldContain((0.004, model));
        seen["gen_ai.client.token.usage"].ShouldContain((127, $"{model} gen_ai.token.type=input"));
        seen["gen_ai.client.token.usage"].ShouldContain((50, $"{model} gen_ai.token.type=output"));
        seen["sluice.requests"].ShouldContain((1, "operation=chat provider=openai-main model=smart status=200"));
        seen["sluice.upstream.failures"].ShouldContain((1, "provider=openai-main kind=rate_limited"));
        seen["sluice.errors"].ShouldContain((1, "code=upstream_failed"));
        seen["sluice.cost"].ShouldContain((0.0015, "operation=chat provider=openai-main model=smart"));

        // Other tests have meters of the same name.
        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (ReferenceEquals(instrument.Meter, _metrics.Meter.Instruments))
            {
                var text = string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
                seen.TryAdd(instrument.Name, []);
                seen[instrument.Name].Add((value, text));
            }
        }
    }
}
