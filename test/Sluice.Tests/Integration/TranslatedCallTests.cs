using System.Text;
using System.Text.Json;
using Sluice.Fuzz.Legal;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.TestKit;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>What holds for a relayed call holds for a translated one: its client may leave or stall, repeat itself, be poor or talk much.</summary>
public sealed class TranslatedCallTests(TranslationFixture gateway) : IClassFixture<TranslationFixture>
{
    private static readonly TimeSpan ReleaseWithin = TimeSpan.FromSeconds(10);

    /// <summary>Each dialect once as client and once as upstream.</summary>
    public static TheoryData<string, string> Pairs => new() { { "chat", "messages" }, { "responses", "gemini" }, { "messages", "chat" }, { "gemini", "responses" } };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Stream_ClientLeaves_EndlessUpstreamIsReleasedAndSettled(string clientName, string upstreamName)
    {
        var (client, upstream, lane) = (TestedDialect.Of(clientName), TestedDialect.Of(upstreamName), gateway.NextLane());
        lane.Always(UpstreamAnswer.Sse(upstream.StreamStart).Forever(upstream.StreamStart[^1], TimeSpan.FromMilliseconds(50)));
        string id;
        await using (var stream = await gateway.Client.StreamAsync(client, $"{lane.Name}-{upstreamName}"))
        {
            await stream.ReadUntilAsync("Hello");
            id = stream.Headers["x-request-id"];
        }

        var seen = await lane.RequestAsync();
        (await seen.Ended.WithinAsync("the upstream's release", ReleaseWithin)).ShouldBeTrue();
        var record = await gateway.Admin.UsageAsync(id);
        record.Status.ShouldBeOneOf("estimated", upstreamName == "gemini" ? "settled" : "estimated");
        record.Tokens("output").ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Stream_ClientLeavesAndTheUpstreamEndsSoon_IsSettledExactly(string clientName, string upstreamName)
    {
        var (client, upstream, lane) = (TestedDialect.Of(clientName), TestedDialect.Of(upstreamName), gateway.NextLane());
        var gate = new TaskCompletionSource();
        lane.Always(UpstreamAnswer.Sse(upstream.StreamStart).Hold(gate.Task).Send(string.Concat(upstream.Stream.Skip(upstream.StreamStart.Count))));
        string id;
        await using (var stream = await gateway.Client.StreamAsync(client, $"{lane.Name}-{upstreamName}"))
        {
            await stream.ReadUntilAsync("Hello");
            id = stream.Headers["x-request-id"];
        }

        gate.SetResult();

        var record = await gateway.Admin.UsageAsync(id);
        record.Status.ShouldBe("settled");
        record.Tokens("output").ShouldBe(20);
    }

    [Fact]
    public async Task Stream_ClientStopsReading_IsCutAndTheUpstreamReleased()
    {
        var lane = gateway.NextLane();
        lane.Always(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta()).Forever(OpenAIChatWire.Delta(new string('x', 60_000)), TimeSpan.Zero));
        using var client = await RawClient.ConnectAsync(gateway.Sluice.Address, receiveBuffer: 8 * 1024);
        await client.SendAsync(RawClient.Post("/v1/messages", AnthropicWire.Request($"{lane.Name}-chat", stream: true), $"authorization: Bearer {TranslationFixture.Key}"));
        var seen = await lane.RequestAsync();

        // write_timeout is 2 s here, detached_drain 3 s.
        (await seen.Ended.WithinAsync("the upstream's release", TimeSpan.FromSeconds(15))).ShouldBeTrue();

        (await client.ReadToCloseAsync()).ShouldBeFalse("a client that was cut must not see a clean end");
    }

    [Theory]
    [InlineData("chat", "messages", false)]
    [InlineData("chat", "messages", true)]
    [InlineData("responses", "chat", true)]
    [InlineData("messages", "gemini", false)]
    [InlineData("messages", "gemini", true)]
    [InlineData("gemini", "responses", true)]
    public async Task Call_Repeated_IsAnsweredAsBeforeAndBilledOnce(string clientName, string upstream, bool stream)
    {
        var (client, lane) = (TestedDialect.Of(clientName), gateway.NextLane());
        var model = $"{lane.Name}-{upstream}";

        var first = await gateway.Client.PostAsync(client.Path(model, stream), client.Body(model, stream), ("idempotency-key", $"once-{lane.Name}"));
        var again = await gateway.Client.PostAsync(client.Path(model, stream), client.Body(model, stream), ("idempotency-key", $"once-{lane.Name}"));

        first.Status.ShouldBe(200, first.Text);
        again.Header("idempotent-replayed").ShouldBe("true");
        again.Body.ShouldBe(first.Body);
        again.Header("content-type").ShouldBe(first.Header("content-type"));
        again.Header("x-request-id").ShouldBe(first.Header("x-request-id"));
        lane.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("chat", "messages", ":")]
    [InlineData("responses", "chat", ":")]
    [InlineData("messages", "gemini", "event: ping")]
    [InlineData("gemini", "responses", "\r\n\r\n\r\n")]
    public async Task Stream_SilentUpstream_IsKeptAliveInTheClientsDialect(string clientName, string upstreamName, string keepAlive)
    {
        var (client, upstream, lane) = (TestedDialect.Of(clientName), TestedDialect.Of(upstreamName), gateway.NextLane());
        var gate = new TaskCompletionSource();
        lane.Always(UpstreamAnswer.Sse(upstream.StreamStart).Hold(gate.Task).Send(string.Concat(upstream.Stream.Skip(upstream.StreamStart.Count))));

        await using var open = await gateway.Client.StreamAsync(client, $"{lane.Name}-{upstreamName}");
        var before = await open.ReadUntilAsync("Hello");
        await open.ReadUntilAsync(keepAlive == ":" ? "\n:" : keepAlive);
        gate.SetResult();
        var reply = await open.ReadToEndAsync();

        before.ShouldNotBe(reply.Text);
        reply.Events.ShouldContain(e => client.IsCleanEnd(e), reply.Text);
        reply.Text.ShouldContain(" there");
    }

    [Theory]
    [InlineData("responses", false)]
    [InlineData("messages", false)]
    [InlineData("gemini", false)]
    [InlineData("messages", true)]
    public async Task Stream_IsSilentOrTooLong_EndsInAnErrorOfTheClientsDialect(string clientName, bool tooLong)
    {
        var (client, lane) = (TestedDialect.Of(clientName), gateway.NextLane());
        var start = UpstreamAnswer.Sse(TestedDialect.Chat.StreamStart);
        lane.Always(tooLong ? start.Forever(OpenAIChatWire.Delta("more"), TimeSpan.FromMilliseconds(200)) : start.Stall());

        var reply = await gateway.Client.CallAsync(client, $"{lane.Name}-hasty", stream: true);

        reply.Status.ShouldBe(200);
        reply.Text.ShouldContain("Hello");
        LegalStream.Check(DialectOf(clientName), ResponseFraming.Sse, reply.Body);
        client.IsErrorEvent(reply.Events[^1]).ShouldBeTrue(reply.Text);
        reply.Events[^1].Data.ShouldContain(tooLong ? "total" : "idle");
        var id = reply.Header("x-request-id")!;
        await gateway.Admin.UsageAsync(id);
        (await gateway.Admin.GetAsync($"/api/admin/requests/{id}")).Json.GetProperty("error_code").GetString().ShouldNotBeNullOrEmpty();
        (await lane.Requests.Single().Ended).ShouldBeTrue();
    }

    [Theory]
    [InlineData("messages", "chat", "max_completion_tokens")]
    [InlineData("messages", "responses", "max_output_tokens")]
    [InlineData("chat", "gemini", "generationConfig.maxOutputTokens")]
    [InlineData("gemini", "messages", "max_tokens")]
    public async Task Budget_MoreThanIsLeft_BoundsTheOutputInTheUpstreamsDialect(string clientName, string upstream, string member)
    {
        var (client, lane) = (TestedDialect.Of(clientName), gateway.NextLane());
        using var poor = gateway.Sluice.Client(TranslationFixture.PoorKey);
        var model = $"{lane.Name}-{upstream}";
        var body = client.Body(model).Replace("\"max_tokens\":64", "\"max_tokens\":60000", StringComparison.Ordinal);

        var reply = await poor.PostAsync(client.Path(model), body);

        // The key is poor for the whole class, so that the first calls may spend all that it has.
        reply.Status.ShouldBeOneOf(200, 403);
        if (reply.Status == 403)
        {
            lane.Requests.ShouldBeEmpty();
            client.ErrorMessage(reply).ShouldContain("budget");
            return;
        }

        var value = member.Split('.').Aggregate(lane.Requests.Single().Json, (json, name) => json.GetProperty(name));
        value.GetInt64().ShouldBeInRange(1, 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failover_FromTranslatedToRelayed_AnswersWithTheVendorsBytes(bool stream)
    {
        var lane = gateway.NextLane();
        lane.Once(UpstreamAnswer.Json(AnthropicWire.Error("overloaded_error", "busy"), 529));
        var body = OpenAIChatWire.Request($"{lane.Name}-back", stream).Replace("\"messages\"", "\"seed\":7,\"messages\"", StringComparison.Ordinal);

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", body);

        reply.Status.ShouldBe(200, reply.Text);
        lane.Requests.Select(request => request.Path).ShouldBe(["/v1/messages", "/v1/chat/completions"]);
        lane.Requests[1].Text.ShouldContain("\"seed\":7");
        reply.Header("x-sluice-dropped").ShouldBeNull("the seed reached the vendor that answered");
        reply.Text.ShouldBe(stream ? string.Concat(OpenAIChatWire.Stream(includeUsage: true).Where(part => part != OpenAIChatWire.UsageChunk())) : OpenAIChatWire.Completion());
    }

    [Fact]
    public async Task Failover_FromRelayedToTranslated_StreamsInTheClientsDialect()
    {
        var lane = gateway.NextLane();
        lane.Once(UpstreamAnswer.Broken());

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, $"{lane.Name}-pair", stream: true);

        reply.Status.ShouldBe(200, reply.Text);
        lane.Requests.Select(request => request.Path).ShouldBe(["/v1/chat/completions", "/v1/messages"]);
        LegalStream.Check(Dialect.OpenAIChat, ResponseFraming.Sse, reply.Body);
        reply.Events.ShouldContain(e => TestedDialect.Chat.IsCleanEnd(e));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Call_LongTexts_ArriveWhole(string clientName, string upstream)
    {
        var (client, lane) = (TestedDialect.Of(clientName), gateway.NextLane());
        var model = $"{lane.Name}-{upstream}";
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"größe {i} "));
        var answer = TestedDialect.Of(upstream).Answer.Replace("Hello there", text, StringComparison.Ordinal);
        lane.Always(UpstreamAnswer.Json(answer));

        var reply = await gateway.Client.PostAsync(client.Path(model), client.Body(model).Replace("say hello", text, StringComparison.Ordinal));

        reply.Status.ShouldBe(200, reply.Text[..Math.Min(500, reply.Text.Length)]);
        Encoding.UTF8.GetByteCount(text).ShouldBeGreaterThan(400_000);
        Strings(reply.Json).ShouldContain(text);
        Strings(lane.Requests.Single().Json).ShouldContain(text);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Stream_ForAClientThatAskedForNone_IsOneDocument(string clientName, string upstreamName)
    {
        var (client, upstream, lane) = (TestedDialect.Of(clientName), TestedDialect.Of(upstreamName), gateway.NextLane());
        lane.Always(UpstreamAnswer.Sse(upstream.Stream));

        var reply = await gateway.Client.CallAsync(client, $"{lane.Name}-{upstreamName}");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("content-type").ShouldBe("application/json");
        Strings(reply.Json).ShouldContain("Hello there");
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Tokens("output").ShouldBe(20);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Document_ForAClientThatAskedForAStream_IsToldAsEvents(string clientName, string upstreamName)
    {
        var (client, upstream, lane) = (TestedDialect.Of(clientName), TestedDialect.Of(upstreamName), gateway.NextLane());
        lane.Always(UpstreamAnswer.Json(upstreamName == "gemini" ? $"[{upstream.Answer}]" : upstream.Answer));

        var reply = await gateway.Client.CallAsync(client, $"{lane.Name}-{upstreamName}", stream: true);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("content-type").ShouldBe("text/event-stream");
        LegalStream.Check(DialectOf(clientName), ResponseFraming.Sse, reply.Body);
        reply.Events.ShouldContain(e => client.IsCleanEnd(e), reply.Text);
        reply.Text.ShouldContain("Hello there");
    }

    private static Dialect DialectOf(string client) => client switch
    {
        "chat" => Dialect.OpenAIChat,
        "responses" => Dialect.OpenAIResponses,
        "messages" => Dialect.AnthropicMessages,
        _ => Dialect.GeminiGenerate,
    };

    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Strings(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };
}
