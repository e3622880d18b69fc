using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Before the first event another candidate takes over; after it none does. The client's own faults are not retried.</summary>
public sealed class FailoverTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    public static TheoryData<string, int> Failures => new()
    {
        { "chat", 500 }, { "chat", 503 }, { "chat", 429 }, { "chat", 401 }, { "chat", 403 }, { "chat", 0 },
        { "responses", 500 },
        { "messages", 529 }, { "messages", 429 }, { "messages", 0 },
        { "gemini", 503 }, { "gemini", 429 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Call_FirstCandidateFails_SecondServes(string name, int status)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(Failure(dialect, status));

        var whole = await gateway.Client.CallAsync(dialect, dialect.PairOf(lane));
        var streamed = await gateway.Client.CallAsync(dialect, dialect.PairOf(lane), stream: true);

        whole.Status.ShouldBe(200, whole.Text);
        whole.Text.ShouldBe(dialect.Answer);
        streamed.Status.ShouldBe(200, streamed.Text);
        streamed.Events.ShouldContain(e => dialect.IsCleanEnd(e));
        lane.First.Requests.ShouldNotBeEmpty();
        lane.Second.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("gemini")]
    public async Task Stream_FirstEventIsAnError_SecondServes(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(name switch
        {
            "messages" => AnthropicWire.ErrorEvent("overloaded_error", "Overloaded"),
            "responses" => "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"boom\",\"param\":null,\"sequence_number\":0}\n\n",
            "gemini" => $"data: {GeminiWire.Error(503, "UNAVAILABLE", "overloaded")}\r\n\r\n",
            _ => $"data: {OpenAIChatWire.Error("boom", "server_error")}\n\n",
        }));

        var reply = await gateway.Client.CallAsync(dialect, dialect.PairOf(lane), stream: true);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Events.ShouldContain(e => dialect.IsCleanEnd(e));
        reply.Text.ShouldNotContain("boom");
        lane.Second.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("gemini")]
    public async Task Stream_ConnectionBreaksBeforeTheFirstEvent_SecondServes(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(": nothing yet\n\n").Abort());

        var reply = await gateway.Client.CallAsync(dialect, dialect.PairOf(lane), stream: true);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Events.ShouldContain(e => dialect.IsCleanEnd(e));
    }

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(413, "request_too_large")]
    [InlineData(422, "invalid_request_error")]
    public async Task Call_ClientsFault_IsNotRetried(int status, string type)
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json(OpenAIChatWire.Error("Your request is wrong.", type), status));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.ChatPair);

        reply.Status.ShouldBe(status);
        TestedDialect.Chat.ErrorMessage(reply).ShouldBe("Your request is wrong.");
        lane.First.Requests.Count.ShouldBe(1);
        lane.Second.Requests.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_BreaksAfterTheFirstEvent_NobodyTakesOver(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart).Abort());

        var reply = await gateway.Client.CallAsync(dialect, dialect.PairOf(lane), stream: true);

        reply.Text.ShouldContain("Hello");
        lane.First.Requests.Count.ShouldBe(1);
        lane.Second.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_OneCredentialLimited_AnotherOfThePoolServes()
    {
        var lane = gateway.NextLane();
        string Key(string name) => $"Bearer {Sluice.TestKit.Gateway.SluiceConfigBuilder.UpstreamKey($"{lane.Name}-pool-{name}")}";
        lane.First.Always(r => r.Header("authorization") == Key("a")
            ? UpstreamAnswer.Json(OpenAIChatWire.Error("slow down", "rate_limit_error", "rate_limit_exceeded"), 429).With("retry-after", "60")
            : UpstreamAnswer.Json(OpenAIChatWire.Completion()));

        for (var i = 0; i < 6; i++)
        {
            (await gateway.Client.CallAsync(TestedDialect.Chat, lane.ChatPool)).Status.ShouldBe(200);
        }

        // Once told to wait, the limited one rests.
        lane.First.Requests.Count(r => r.Header("authorization") == Key("a")).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Call_EveryCredentialLimited_SaysWhenToComeBack()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json(OpenAIChatWire.Error("slow down", "rate_limit_error", "rate_limit_exceeded"), 429).With("retry-after", "30"));

        var first = await gateway.Client.CallAsync(TestedDialect.Chat, lane.ChatPool);
        var second = await gateway.Client.CallAsync(TestedDialect.Chat, lane.ChatPool);

        first.Status.ShouldBe(429, first.Text);
        second.Status.ShouldBeOneOf(429, 503);
        int.Parse(second.Header("retry-after").ShouldNotBeNull(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(20, 30);
        lane.First.Requests.Count.ShouldBe(2, "both credentials rest, so the second call goes nowhere");
    }

    [Fact]
    public async Task Call_EveryCandidateFails_ClientGetsTheVendorsError()
    {
        var lane = gateway.NextLane();
        lane.First.Always(Failure(TestedDialect.Chat, 500));
        lane.Second.Always(Failure(TestedDialect.Chat, 500));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.ChatPair);

        reply.Status.ShouldBe(500, reply.Text);
        TestedDialect.Chat.ErrorMessage(reply).ShouldBe("boom 500");
        lane.Second.Requests.ShouldNotBeEmpty();
    }

    /// <summary>0 stands for a connection that breaks instead of an answer.</summary>
    private static UpstreamAnswer Failure(TestedDialect dialect, int status) => status == 0
        ? UpstreamAnswer.Broken()
        : UpstreamAnswer.Json(
            dialect.Name switch
            {
                "messages" => AnthropicWire.Error(status == 529 ? "overloaded_error" : "rate_limit_error", $"boom {status}"),
                "gemini" => GeminiWire.Error(status, status == 429 ? "RESOURCE_EXHAUSTED" : "UNAVAILABLE", $"boom {status}"),
                _ => OpenAIChatWire.Error($"boom {status}", "server_error"),
            },
            status);
}
