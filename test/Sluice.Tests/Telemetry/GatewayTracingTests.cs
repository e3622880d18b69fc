using System.Diagnostics;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Tests.Telemetry;

[Collection(TraceListening.Name)]
public sealed class GatewayTracingTests : IDisposable
{
    private const string Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly GatewayMetrics _metrics = new();

    public void Dispose() => _metrics.Meter.Dispose();

    [Fact]
    public void StartCall_NobodyListens_IsNull()
    {
        var call = GatewayTracing.StartCall(Operation.Chat, Traceparent, null);

        call.ShouldBeNull();
        GatewayTracing.Finish(call, _metrics.Unrouted, TestSeries.Success(), "req_1", "m", null);
    }

    [Fact]
    public void Finish_Success_CarriesTheGenAIAttributes()
    {
        using var listener = Listen();

        var call = GatewayTracing.StartCall(Operation.Messages, Traceparent, "vendor=1").ShouldNotBeNull();
        GatewayTracing.AttemptFailed(call, "backup", new UpstreamFailure(UpstreamFailureKind.Overloaded, UpstreamStage.AwaitHeaders, 529, "overloaded_error"));
        GatewayTracing.Finish(
            call, TestSeries.Smart(_metrics), TestSeries.Success() with { Operation = Operation.Messages }, "req_1", "smart", "gpt-5.1-2026");

        call.TraceId.ToHexString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        call.ParentSpanId.ToHexString().ShouldBe("b7ad6b7169203331");
        call.TraceStateString.ShouldBe("vendor=1");
        call.Kind.ShouldBe(ActivityKind.Client);
        call.DisplayName.ShouldBe("chat smart");
        call.Status.ShouldBe(ActivityStatusCode.Unset);
        Tag(call, "gen_ai.operation.name").ShouldBe("chat");
        Tag(call, "gen_ai.provider.name").ShouldBe("openai");
        Tag(call, "gen_ai.request.model").ShouldBe("smart");
        Tag(call, "gen_ai.response.model").ShouldBe("gpt-5.1-2026");
        Tag(call, "gen_ai.usage.input_tokens").ShouldBe(127L);
        Tag(call, "gen_ai.usage.output_tokens").ShouldBe(50L);
        Tag(call, "gen_ai.usage.cache_read.input_tokens").ShouldBe(20L);
        Tag(call, "gen_ai.usage.cache_creation.input_tokens").ShouldBe(7L);
        Tag(call, "server.address").ShouldBe("api.openai.com");
        Tag(call, "sluice.request_id").ShouldBe("req_1");
        Tag(call, "error.type").ShouldBeNull();
        call.Events.Single().Tags.ShouldContain(t => t.Key == "error.type" && Equals(t.Value, "overloaded"));
    }

    [Fact]
    public void Finish_RefusedBeforeARoute_NamesTheErrorAndKeepsTheClientsTextOutOfTheName()
    {
        using var listener = Listen();

        var call = GatewayTracing.StartCall(Operation.Chat, null, null).ShouldNotBeNull();
        GatewayTracing.Finish(call, _metrics.Unrouted, TestSeries.Failure(404, "model_not_found"), "req_2", "made up", null);

        call.DisplayName.ShouldBe("chat");
        call.Status.ShouldBe(ActivityStatusCode.Error);
        Tag(call, "error.type").ShouldBe("model_not_found");
        Tag(call, "gen_ai.request.model").ShouldBe("made up");
    }

    [Fact]
    public void StartCall_MalformedTraceparent_BeginsATraceOfItsOwn()
    {
        using var listener = Listen();
        using var outer = new Activity("web server").Start();

        using var call = GatewayTracing.StartCall(Operation.Chat, "00-zz-zz-01", null).ShouldNotBeNull();

        call.ParentSpanId.ShouldBe(default);
        call.TraceId.ShouldNotBe(outer.TraceId);
        Activity.Current.ShouldBe(outer);
    }

    private static object? Tag(Activity activity, string name) => activity.GetTagItem(name);

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}

/// <summary>Tests that listen to the process-wide activity source; one after another, so that "nobody listens" can be true.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TraceListening
{
    public const string Name = "Listening to traces";
}
