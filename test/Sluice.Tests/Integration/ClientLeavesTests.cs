using Sluice.TestKit;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>A client that leaves, or stops reading, neither keeps the upstream busy nor gets its answer for free.</summary>
public sealed class ClientLeavesTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static readonly TimeSpan ReleaseWithin = TimeSpan.FromSeconds(10);

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_ClientLeaves_EndlessUpstreamIsReleasedAndSettled(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Sse(dialect.StreamStart).Forever(dialect.StreamStart[^1], TimeSpan.FromMilliseconds(50)));
        string id;
        await using (var stream = await gateway.Client.StreamAsync(dialect, dialect.ModelOf(lane)))
        {
            await stream.ReadUntilAsync("Hello");
            id = stream.Headers["x-request-id"];
        }

        var seen = await lane.First.RequestAsync();
        (await seen.Ended.WithinAsync("the upstream's release", ReleaseWithin)).ShouldBeTrue();
        var record = await gateway.Admin.UsageAsync(id);

        // Gemini counts in every chunk, so what it said last is the truth so far; the others had not said yet.
        record.Status.ShouldBeOneOf("estimated", name == "gemini" ? "settled" : "estimated");
        record.Tokens("output").ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Stream_ClientLeavesAndTheUpstreamEndsSoon_IsSettledExactly(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        var gate = new TaskCompletionSource();
        var answer = UpstreamAnswer.Sse(dialect.StreamStart).Hold(gate.Task);
        foreach (var part in dialect.Stream.Skip(dialect.StreamStart.Count))
        {
            answer.Send(part);
        }

        lane.First.Always(answer);
        string id;
        await using (var stream = await gateway.Client.StreamAsync(dialect, dialect.ModelOf(lane)))
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
    public async Task Call_ClientLeavesBeforeTheAnswer_UpstreamIsReleased()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Never());
        using (var client = await RawClient.ConnectAsync(gateway.Sluice.Address))
        {
            await client.SendAsync(RawClient.Post("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), $"authorization: Bearer {GatewayFixture.Key}"));
            await lane.First.RequestAsync();
            client.Reset();
        }

        (await lane.First.Requests[0].Ended.WithinAsync("the upstream's release", ReleaseWithin)).ShouldBeTrue();
    }

    [Fact]
    public async Task Stream_ClientStopsReading_IsCutAndTheUpstreamReleased()
    {
        var lane = gateway.NextLane();
        var big = OpenAIChatWire.Delta(new string('x', 60_000));
        lane.First.Always(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta()).Forever(big, TimeSpan.Zero));
        var before = gateway.Sluice.ResidentBytes;
        using var client = await RawClient.ConnectAsync(gateway.Sluice.Address, receiveBuffer: 8 * 1024);
        await client.SendAsync(RawClient.Post("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat, stream: true), $"authorization: Bearer {GatewayFixture.Key}"));
        var seen = await lane.First.RequestAsync();

        // write_timeout is 2 s here; detached_drain lets an account be read on for 3 s more.
        (await seen.Ended.WithinAsync("the upstream's release", TimeSpan.FromSeconds(15))).ShouldBeTrue();

        (gateway.Sluice.ResidentBytes - before).ShouldBeLessThan(64 * 1024 * 1024);
        (await client.ReadToCloseAsync()).ShouldBeFalse("a client that was cut must not see a clean end");
    }

    [Fact]
    public async Task Stream_ManyClientsStopReading_MemoryStaysBounded()
    {
        var lane = gateway.NextLane();
        var big = OpenAIChatWire.Delta(new string('x', 60_000));
        lane.First.Always(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta()).Forever(big, TimeSpan.FromMilliseconds(20)));
        var before = gateway.Sluice.ResidentBytes;
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < 50; i++)
            {
                var client = await RawClient.ConnectAsync(gateway.Sluice.Address, receiveBuffer: 8 * 1024);
                clients.Add(client);
                await client.SendAsync(RawClient.Post("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat, stream: true), $"authorization: Bearer {GatewayFixture.Key}"));
            }

            await lane.First.RequestAsync(50);
            await Task.WhenAll(lane.First.Requests.Select(r => r.Ended)).WithinAsync("all upstreams released", TimeSpan.FromSeconds(25));
            (gateway.Sluice.ResidentBytes - before).ShouldBeLessThan(150L * 1024 * 1024);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }
}
