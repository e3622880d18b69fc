using System.Text.RegularExpressions;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>A stream that goes wrong after its first event: what came is delivered, and the end is never a clean one.</summary>
public sealed class StreamFaultTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_IsCut_EndsInAnError(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart).Abort());

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream: true);

        ShouldHaveFailed(dialect, reply);
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);
        record.Status.ShouldBeOneOf("estimated", name == "gemini" ? "settled" : "estimated");
        record.Tokens("output").ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_IsCutInsideAnEvent_EndsInAnError(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart).Send(dialect.Stream[1][..20]).Abort());

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream: true);

        reply.Text.ShouldContain("Hello");
        // The broken piece may stand in the way of the error event; a parser must still not take it for a good end.
        (reply.Text.Contains("error", StringComparison.Ordinal) || !reply.EndedCleanly).ShouldBeTrue(reply.Text);
        reply.Text.ShouldNotContain("[DONE]");
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_EndsWithoutItsLastEvent_EndsInAnError(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart));

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream: true);

        ShouldHaveFailed(dialect, reply);
    }

    [Fact]
    public async Task GeminiArrayStream_IsCut_IsNoWholeArray()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Stream("application/json", Sluice.TestKit.Vendors.GeminiWire.ArrayStream()[0]).Abort());

        var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Gemini}:streamGenerateContent", Sluice.TestKit.Vendors.GeminiWire.Request());

        reply.Text.ShouldContain("Hello");
        if (reply.EndedCleanly)
        {
            reply.Json[reply.Json.GetArrayLength() - 1].TryGetProperty("error", out _).ShouldBeTrue(reply.Text);
        }
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_CarriesTheVendorsErrorEvent_ItIsDelivered(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart).Send(name switch
        {
            "messages" => Sluice.TestKit.Vendors.AnthropicWire.ErrorEvent("overloaded_error", "vendor says no"),
            "responses" => "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"vendor says no\",\"param\":null,\"sequence_number\":9}\n\n",
            "gemini" => $"data: {Sluice.TestKit.Vendors.GeminiWire.Error(503, "UNAVAILABLE", "vendor says no")}\r\n\r\n",
            _ => $"data: {Sluice.TestKit.Vendors.OpenAIChatWire.Error("vendor says no", "server_error")}\n\n",
        }));

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream: true);

        reply.Text.ShouldContain("vendor says no");
        reply.Events.Count(dialect.IsErrorEvent).ShouldBe(1, reply.Text);
        reply.Events.ShouldNotContain(e => dialect.IsCleanEnd(e));
    }

    [Fact]
    public async Task Stream_HasAMalformedEvent_StillEnds()
    {
        var lane = gateway.NextLane();
        var dialect = TestedDialect.Chat;
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart).Send("data: {\"choices\":[{\"delta\":\n\n").Send("data: [DONE]\n\n"));

        var reply = await gateway.Client.CallAsync(dialect, lane.Chat, stream: true);

        reply.Text.ShouldContain("Hello");
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Status.ShouldBeOneOf("estimated", "settled");
    }

    [Fact]
    public async Task Json_IsCut_IsNotACleanEnd()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Stream("application/json", "{\"id\":\"x\",\"choices\":[").Abort());

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);

        (reply.Status >= 500 || !reply.EndedCleanly).ShouldBeTrue($"{reply.Status} {reply.Text}");
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_UpstreamIsSilent_ClientGetsKeepAlives(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        var answer = UpstreamAnswer.Sse(dialect.StreamStart).Delay(TimeSpan.FromMilliseconds(2500));
        foreach (var part in dialect.Stream.Skip(dialect.StreamStart.Count))
        {
            answer.Send(part);
        }

        lane.First.Always(answer);

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream: true);

        // A comment, Anthropic's own ping, or for Google, whose SDKs take no comments, an empty event.
        var sent = string.Concat(dialect.Stream);
        var keepAlives = name switch
        {
            "messages" => Regex.Count(reply.Text, "event: ping") - Regex.Count(sent, "event: ping"),
            "gemini" => (reply.Text.Length - sent.Length) / "\r\n\r\n".Length,
            _ => Regex.Count(reply.Text, "(?m)^:"),
        };
        keepAlives.ShouldBeGreaterThanOrEqualTo(2, reply.Text);
        reply.Events.ShouldContain(e => dialect.IsCleanEnd(e));
        reply.Events.ShouldNotContain(e => dialect.IsErrorEvent(e));
    }

    private static void ShouldHaveFailed(TestedDialect dialect, Sluice.TestKit.Gateway.GatewayReply reply)
    {
        reply.Status.ShouldBe(200);
        reply.Text.ShouldContain("Hello");
        reply.Events.ShouldNotContain(e => dialect.IsCleanEnd(e), reply.Text);
        if (reply.EndedCleanly)
        {
            dialect.IsErrorEvent(reply.Events[^1]).ShouldBeTrue(reply.Text);
        }
    }
}
