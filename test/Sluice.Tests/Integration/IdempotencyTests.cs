using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>A call with an Idempotency-Key is made once, whatever its client repeats.</summary>
public sealed class IdempotencyTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string KeepAlive = ": keep-alive\n\n";

    [Theory]
    [InlineData("chat", false)]
    [InlineData("chat", true)]
    [InlineData("responses", false)]
    [InlineData("responses", true)]
    [InlineData("messages", false)]
    [InlineData("messages", true)]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    public async Task Call_Repeated_IsAnsweredAsBeforeAndBilledOnce(string name, bool stream)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        if (stream)
        {
            lane.First.Always(UpstreamAnswer.Sse(dialect.Stream));
        }

        var first = await CallAsync(dialect, lane, "once", stream);
        var again = await CallAsync(dialect, lane, "once", stream);

        first.Status.ShouldBe(200, first.Text);
        first.Header("idempotent-replayed").ShouldBeNull();
        again.Status.ShouldBe(200, again.Text);
        again.Header("idempotent-replayed").ShouldBe("true");
        again.Body.ShouldBe(first.Body);
        again.EndedCleanly.ShouldBeTrue();
        again.Header("content-type").ShouldBe(first.Header("content-type"));
        again.Header("x-request-id").ShouldBe(first.Header("x-request-id"));
        lane.First.Requests.Count.ShouldBe(1);
        await gateway.Admin.UsageAsync(first.Header("x-request-id")!);
        (await RecordsOfAsync(dialect.ModelOf(lane))).ShouldBe(1);
    }

    [Fact]
    public async Task Call_AThousandAtOnce_ReachTheVendorOnce()
    {
        var lane = gateway.NextLane();
        var gate = new TaskCompletionSource();
        lane.First.Always(UpstreamAnswer.Json(OpenAIChatWire.Completion()).HoldHead(gate.Task));

        var calls = Enumerable.Range(0, 1_000).Select(_ => CallAsync(TestedDialect.Chat, lane, "storm")).ToList();
        await Eventually.HoldsAsync("999 refusals", () => calls.Count(call => call.IsCompleted) >= 999, TimeSpan.FromSeconds(30));
        gate.SetResult();
        var replies = await Task.WhenAll(calls);

        replies.Count(reply => reply.Status == 200).ShouldBe(1);
        var refused = replies.Where(reply => reply.Status != 200).ToList();
        refused.ShouldAllBe(reply => reply.Status == 409 && reply.Header("retry-after") == "1");
        refused[0].Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("idempotency_in_flight");
        lane.First.Requests.Count.ShouldBe(1);
        (await CallAsync(TestedDialect.Chat, lane, "storm")).Header("idempotent-replayed").ShouldBe("true");
    }

    [Fact]
    public async Task Call_OtherCallerSameKey_IsMadeForEach()
    {
        var lane = gateway.NarrowLane();
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        var mine = await CallAsync(TestedDialect.Chat, lane, "shared");
        var theirs = await narrow.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), ("idempotency-key", "shared"));

        mine.Status.ShouldBe(200, mine.Text);
        theirs.Status.ShouldBe(200, theirs.Text);
        theirs.Header("idempotent-replayed").ShouldBeNull();
        lane.First.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_SameKeyOtherBody_IsRefused(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        (await CallAsync(dialect, lane, "body")).Status.ShouldBe(200);

        var refused = await gateway.Client.PostAsync(
            dialect.Path(dialect.ModelOf(lane)), dialect.Body(dialect.ModelOf(lane)) + " ", [.. GatewayCalls.Headers(dialect), ("idempotency-key", $"body-{lane.Name}")]);

        refused.Status.ShouldBe(422, refused.Text);
        dialect.ErrorMessage(refused).ShouldContain("another request");
        lane.First.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("")]
    public async Task Call_MalformedKey_IsRefused(string key)
    {
        var lane = gateway.RefusedLane();

        var refused = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), ("idempotency-key", key));

        refused.Status.ShouldBe(400, refused.Text);
        lane.First.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(404, false)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    public async Task Call_VendorRefuses_IsKeptWhereRepeatingIsOfNoUse(int status, bool madeAgain)
    {
        var lane = gateway.NextLane();
        lane.First.Once(UpstreamAnswer.Json(OpenAIChatWire.Error("no", "some_error"), status));

        var first = await CallAsync(TestedDialect.Chat, lane, "refused");
        first.Status.ShouldBe(status, first.Text);
        await Eventually.ValueAsync("the credential's rest", async () =>
            (await CallAsync(TestedDialect.Chat, lane, "unrelated-" + Guid.NewGuid())) is { Status: 200 } reply ? reply : null);
        var again = await CallAsync(TestedDialect.Chat, lane, "refused");

        again.Status.ShouldBe(madeAgain ? 200 : status, again.Text);
        again.Header("idempotent-replayed").ShouldBe(madeAgain ? null : "true");
        if (!madeAgain)
        {
            again.Body.ShouldBe(first.Body);
        }
    }

    [Fact]
    public async Task Call_RefusedByTheGateway_ReleasesTheKey()
    {
        var lane = gateway.NextLane();
        var refused = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request("no-such-model"), ("idempotency-key", "early"));

        refused.Status.ShouldBe(404, refused.Text);
        (await CallAsync(TestedDialect.Chat, lane, "early")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Stream_BreaksOff_IsNeitherReplayedNorMadeAgain()
    {
        var lane = gateway.NextLane();
        lane.First.Once(UpstreamAnswer.Sse(TestedDialect.Chat.StreamStart).Abort());
        var broken = await CallAsync(TestedDialect.Chat, lane, "broken", stream: true);
        broken.Status.ShouldBe(200);

        var again = await CallAsync(TestedDialect.Chat, lane, "broken", stream: true);

        again.Status.ShouldBe(409, again.Text);
        again.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("idempotency_answer_not_kept");
        again.Header("x-should-retry").ShouldBe("false");
        again.Header("retry-after").ShouldBeNull();
        lane.First.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ClientLeaves_FindsTheWholeAnswerWhenItComesBack(bool stream)
    {
        var lane = gateway.NextLane();
        var gate = new TaskCompletionSource();
        var expected = stream ? string.Concat(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello"), OpenAIChatWire.Finish(), OpenAIChatWire.Done) : OpenAIChatWire.Completion();
        lane.First.Once(stream
            ? UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")).Hold(gate.Task).Send(OpenAIChatWire.Finish()).Send(OpenAIChatWire.Done)
            : UpstreamAnswer.Json(expected).HoldHead(gate.Task));
        if (stream)
        {
            await using var held = await OpenAsync(lane);
            await held.ReadUntilAsync("Hello");
        }
        else
        {
            var call = OpenAsync(lane, leave: lane.First.RequestAsync());
            await Should.ThrowAsync<OperationCanceledException>(call);
        }

        // Time to see that the client has left; without it the answer would be whole for another reason.
        await Task.Delay(100);
        gate.SetResult();
        var again = await Eventually.ValueAsync("the answer", async () =>
            (await CallAsync(TestedDialect.Chat, lane, "left", stream)) is { Status: 200 } reply ? reply : null);

        again.Header("idempotent-replayed").ShouldBe("true");
        again.Header("content-type").ShouldNotBeNull().ShouldStartWith(stream ? "text/event-stream" : "application/json");
        again.Text.Replace(KeepAlive, "", StringComparison.Ordinal).ShouldBe(expected);
        lane.First.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_WithKeepAlives_IsReplayedWithThem()
    {
        var lane = gateway.NextLane();
        lane.First.Once(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello"))
            .Delay(TimeSpan.FromMilliseconds(1_200)).Send(OpenAIChatWire.Finish()).Send(OpenAIChatWire.Done));

        var first = await CallAsync(TestedDialect.Chat, lane, "slow", stream: true);
        var again = await CallAsync(TestedDialect.Chat, lane, "slow", stream: true);

        first.Text.ShouldContain(KeepAlive);
        again.Body.ShouldBe(first.Body);
    }

    [Fact]
    public async Task Call_AnswerTooLarge_IsDeliveredAndNotKept()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json(OpenAIChatWire.Completion() + new string(' ', 1_100_000)));

        var first = await CallAsync(TestedDialect.Chat, lane, "large");
        var again = await CallAsync(TestedDialect.Chat, lane, "large");

        first.Body.Length.ShouldBeGreaterThan(1_100_000);
        again.Status.ShouldBe(409, again.Text);
        lane.First.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Call_FreeOfCharge_IgnoresTheKey()
    {
        var lane = gateway.NextLane();

        for (var i = 0; i < 2; i++)
        {
            var reply = await gateway.Client.PostAsync("/v1/messages/count_tokens", AnthropicWire.Request(lane.Claude), ("anthropic-version", "2023-06-01"), ("idempotency-key", "free"));
            reply.Header("idempotent-replayed").ShouldBeNull();
        }

        lane.First.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Call_GatewayKilledInFlight_IsNeverMadeAgain()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        using var folder = new TempFolder();
        var start = new SluiceStart { Folder = folder, Config = GatewayFixture.Config(upstream, lanes: 1).ToYaml() };
        var lane = GatewayFixture.LaneOf(upstream, 0);
        lane.First.Once(UpstreamAnswer.Never());
        await using (var sluice = await SluiceProcess.StartAsync(start))
        {
            using var client = sluice.Client(GatewayFixture.Key);
            var lost = CallAsync(client, TestedDialect.Chat, lane, "crash");
            await lane.First.RequestAsync();
            await sluice.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(lost);
        }

        await using var again = await SluiceProcess.StartAsync(start);
        using var after = again.Client(GatewayFixture.Key);
        for (var i = 0; i < 2; i++)
        {
            var refused = await CallAsync(after, TestedDialect.Chat, lane, "crash");
            refused.Status.ShouldBe(409, refused.Text);
            refused.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("idempotency_outcome_unknown");
        }

        lane.First.Requests.Count.ShouldBe(1);
        (await CallAsync(after, TestedDialect.Chat, lane, "new")).Status.ShouldBe(200);
    }

    private static Task<GatewayReply> CallAsync(GatewayClient client, TestedDialect dialect, Lane lane, string key, bool stream = false)
        => client.PostAsync(
            dialect.Path(dialect.ModelOf(lane), stream), dialect.Body(dialect.ModelOf(lane), stream),
            [.. GatewayCalls.Headers(dialect), ("idempotency-key", key.StartsWith("shared", StringComparison.Ordinal) ? key : $"{key}-{lane.Name}")]);

    private Task<GatewayReply> CallAsync(TestedDialect dialect, Lane lane, string key, bool stream = false)
        => CallAsync(gateway.Client, dialect, lane, key, stream);

    private Task<OpenReply> OpenAsync(Lane lane)
        => gateway.Client.OpenAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat, stream: true), ("idempotency-key", $"left-{lane.Name}"));

    /// <summary>Calls and leaves before the head has come.</summary>
    private async Task OpenAsync(Lane lane, Task leave)
    {
        using var http = new HttpClient();
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Sluice.Address, "/v1/chat/completions"))
        {
            Content = new StringContent(OpenAIChatWire.Request(lane.Chat)),
        };
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {GatewayFixture.Key}");
        request.Headers.TryAddWithoutValidation("idempotency-key", $"left-{lane.Name}");
        var call = http.SendAsync(request, leaving.Token);
        await leave;
        await leaving.CancelAsync();
        await call;
    }

    private async Task<int> RecordsOfAsync(string model)
        => (await gateway.Admin.GetAsync($"/api/admin/usage/records?model={Uri.EscapeDataString(model)}")).Json.GetProperty("data").GetArrayLength();
}
