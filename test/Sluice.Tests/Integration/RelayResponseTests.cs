using System.Text;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>The bytes of an answer reach the client as the upstream sent them, and as soon as it sent them.</summary>
public sealed class RelayResponseTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_JsonWithOddFormatting_ReachesTheClientUnchanged(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        var body = "\r\n " + dialect.Answer.Replace("\"Hello there\"", "\"\\u0048ello\\/ th\\u00e9re 😀\" ", StringComparison.Ordinal)
            .Replace("{\"id\"", "{ \"big\": 123456789012345678901234567890, \"id\"", StringComparison.Ordinal) + "\n\n";
        lane.First.Always(UpstreamAnswer.Bytes(Encoding.UTF8.GetBytes(body), "application/json; charset=utf-8"));

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(body);
        reply.Header("content-type").ShouldBe("application/json; charset=utf-8");
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_CarriageReturnsAndComments_ReachTheClientUnchanged(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        var text = ": a comment first\r\n\r\n" + string.Concat(dialect.Stream.Select(part => part.ReplaceLineEndings("\r\n") + ": processing\r\n\r\n"));
        lane.First.Always(UpstreamAnswer.Sse(text));

        var reply = await StreamWithUsageAsync(dialect, dialect.ModelOf(lane));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(text);
        reply.Header("content-type").ShouldNotBeNull().ShouldStartWith("text/event-stream");
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_SplitAnywhere_ReachesTheClientUnchanged(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        var bytes = Encoding.UTF8.GetBytes(string.Concat(dialect.Stream).Replace("Hello", "Hé😀llo", StringComparison.Ordinal));
        var random = new Random(name.Length);
        var answer = UpstreamAnswer.Stream("text/event-stream");
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 40), bytes.Length - at);
            answer.Send(bytes[at..(at + length)]);
            at += length;
        }

        lane.First.Always(answer);

        var reply = await StreamWithUsageAsync(dialect, dialect.ModelOf(lane));

        reply.Body.ShouldBe(bytes, reply.Text);
        reply.EndedCleanly.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_EventSent_IsHereBeforeTheNextOne(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        var gate = new TaskCompletionSource();
        var answer = UpstreamAnswer.Sse(dialect.StreamStart).Hold(gate.Task);
        foreach (var part in dialect.Stream.Skip(dialect.StreamStart.Count))
        {
            answer.Send(part);
        }

        lane.First.Always(answer);

        await using var stream = await gateway.Client.StreamAsync(dialect, dialect.ModelOf(lane));

        await stream.ReadUntilAsync("Hello", TimeSpan.FromSeconds(5));
        gate.SetResult();
        (await stream.ReadToEndAsync()).EndedCleanly.ShouldBeTrue();
    }

    [Fact]
    public async Task ChatStream_UsageNotAskedFor_ClientGetsAllButTheUsageChunk()
    {
        var lane = gateway.NextLane();
        var parts = OpenAIChatWire.Stream(includeUsage: true);
        lane.First.Always(UpstreamAnswer.Sse(parts));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat, stream: true);

        reply.Text.ShouldBe(string.Concat(parts.Where(p => p != OpenAIChatWire.UsageChunk())));
    }

    [Fact]
    public async Task ChatStream_UsageNotAskedFor_IsWithheldHoweverItIsSplit()
    {
        var lane = gateway.NextLane();
        var parts = OpenAIChatWire.Stream(includeUsage: true);
        var answer = UpstreamAnswer.Stream("text/event-stream");
        foreach (var letter in string.Concat(parts))
        {
            answer.Send(letter.ToString());
        }

        lane.First.Always(answer);

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat, stream: true);

        reply.Text.ShouldBe(string.Concat(parts.Where(p => p != OpenAIChatWire.UsageChunk())));
    }

    [Fact]
    public async Task ChatStream_UsageOnTheLastContentChunk_IsNotWithheld()
    {
        // Some compatible vendors put usage on the chunk with the finish reason: that chunk is content.
        var lane = gateway.NextLane();
        string[] parts =
        [
            OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello"),
            OpenAIChatWire.Finish().Replace("}]}", $"}}],\"usage\":{OpenAIChatWire.Usage}}}", StringComparison.Ordinal), OpenAIChatWire.Done,
        ];
        lane.First.Always(UpstreamAnswer.Sse(parts));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat, stream: true);

        reply.Text.ShouldBe(string.Concat(parts));
    }

    [Fact]
    public async Task GeminiStream_WithoutAltSse_RelaysTheArrayAsItComes()
    {
        var lane = gateway.NextLane();
        var gate = new TaskCompletionSource();
        var parts = GeminiWire.ArrayStream();
        lane.First.Always(UpstreamAnswer.Stream("application/json", parts[0]).Hold(gate.Task).Send(parts[1]).Send(parts[2]));

        await using var stream = await gateway.Client.OpenAsync($"/v1beta/models/{lane.Gemini}:streamGenerateContent", GeminiWire.Request());

        await stream.ReadUntilAsync("Hello", TimeSpan.FromSeconds(5));
        gate.SetResult();
        var reply = await stream.ReadToEndAsync();
        reply.Text.ShouldBe(string.Concat(parts));
        reply.Header("content-type").ShouldNotBeNull().ShouldStartWith("application/json");
        (await lane.First.RequestAsync()).RawTarget.ShouldNotContain("alt=");
    }

    [Fact]
    public async Task Call_LargeAnswer_ReachesTheClientUnchanged()
    {
        var lane = gateway.NextLane();
        var body = OpenAIChatWire.Completion(new string('x', 3_000_000));
        lane.First.Always(UpstreamAnswer.Json(body));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);

        reply.Status.ShouldBe(200);
        (reply.Text == body).ShouldBeTrue("the 3 MB answer differs");
    }

    private Task<Sluice.TestKit.Gateway.GatewayReply> StreamWithUsageAsync(TestedDialect dialect, string model)
        => dialect.Name == "chat"
            ? gateway.Client.PostAsync(dialect.Path(model), $$$"""{"model":"{{{model}}}","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}""")
            : gateway.Client.CallAsync(dialect, model, stream: true);
}
