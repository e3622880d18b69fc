using System.Diagnostics;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>An upstream that breaks the rules costs bounded memory and ends in a clean error; the gateway goes on.</summary>
public sealed class HostileUpstreamTests : IAsyncLifetime
{
    private const long MemoryBound = 64L * 1024 * 1024;

    private static readonly Dictionary<string, Func<RawExchange, Task>> Behaviours = new()
    {
        ["endless-headers"] = HostileAnswers.EndlessHeaders,
        ["giant-line"] = HostileAnswers.GiantLine,
        ["bomb"] = HostileAnswers.DecompressionBomb(2L * 1024 * 1024 * 1024),
        ["length-too-long"] = HostileAnswers.ContentLengthTooLong,
        ["length-too-short"] = HostileAnswers.ContentLengthTooShort,
        ["two-lengths"] = HostileAnswers.TwoContentLengths,
        ["folded"] = HostileAnswers.ObsoleteFolding,
        ["injected"] = exchange => HostileAnswers.InjectedHeaders(exchange, OpenAIChatWire.Completion()),
        ["chunked-garbage"] = HostileAnswers.ChunkedGarbage,
        ["mid-chunk"] = HostileAnswers.CloseMidChunk,
        ["not-http"] = HostileAnswers.NotHttp,
        ["reset"] = HostileAnswers.ResetAtOnce,
        ["bare-lf"] = exchange => HostileAnswers.BareLineFeeds(exchange, OpenAIChatWire.Completion()),
        ["http10"] = exchange => HostileAnswers.Http10(exchange, OpenAIChatWire.Completion()),
        ["interim"] = exchange => HostileAnswers.InterimAnswers(exchange, OpenAIChatWire.Completion()),
        ["drip"] = HostileAnswers.Drip(OpenAIChatWire.Completion(), TimeSpan.FromMilliseconds(1)),
        ["endless-json"] = HostileAnswers.EndlessJson,
    };

    private readonly Dictionary<string, RawUpstream> _upstreams = Behaviours.ToDictionary(b => b.Key, b => RawUpstream.Start(b.Value));
    private SluiceProcess _sluice = null!;
    private GatewayClient _client = null!;

    public async Task InitializeAsync()
    {
        var config = new SluiceConfigBuilder().Key("k", GatewayFixture.Key).Server("write_timeout", "2s").Server("detached_drain", "2s");
        foreach (var (name, upstream) in _upstreams)
        {
            config.Provider(name, "openai", upstream.OpenAIBaseUrl, "timeouts: { first_token: 5s, idle: 2s, total: 6s }")
                .Model(name, SluiceConfigBuilder.Target(name, "m"));
        }

        _sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml() });
        _client = _sluice.Client(GatewayFixture.Key);
        await _client.CallAsync(TestedDialect.Chat, "interim");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _sluice.DisposeAsync();
        foreach (var upstream in _upstreams.Values)
        {
            await upstream.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("endless-headers")]
    [InlineData("chunked-garbage")]
    [InlineData("not-http")]
    [InlineData("reset")]
    [InlineData("two-lengths")]
    [InlineData("mid-chunk")]
    [InlineData("length-too-long")]
    public async Task Call_BrokenAnswer_IsACleanError(string model)
    {
        var before = _sluice.ResidentBytes;
        foreach (var stream in new[] { false, true })
        {
            var clock = Stopwatch.StartNew();
            var reply = await _client.CallAsync(TestedDialect.Chat, model, stream);

            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
            if (reply.EndedCleanly)
            {
                reply.Status.ShouldBeInRange(502, 504, reply.Text);
                TestedDialect.Chat.ErrorMessage(reply).ShouldNotBeEmpty();
            }
        }

        await ShouldGoOnAsync(before);
    }

    [Theory]
    [InlineData("giant-line")]
    [InlineData("endless-json")]
    public async Task Call_EndlessAnswer_CostsBoundedMemory(string model)
    {
        var before = _sluice.ResidentBytes;
        await using (var stream = await _client.StreamAsync(TestedDialect.Chat, model))
        {
            var reply = await stream.ReadToEndAsync(TimeSpan.FromSeconds(20));
            if (reply.Status == 200 && reply.EndedCleanly)
            {
                reply.Text.ShouldContain("\"error\"");
            }
        }

        // The upstream sees the end when its own write fails.
        await Eventually.HoldsAsync("the upstream's connection is closed", () => _upstreams[model].Closed == _upstreams[model].Accepted);
        await ShouldGoOnAsync(before);
    }

    [Fact]
    public async Task Call_DecompressionBomb_CostsBoundedMemory()
    {
        var before = _sluice.ResidentBytes;
        var reply = await _client.CallAsync(TestedDialect.Chat, "bomb");

        // Passed on as it is with its encoding named, or refused; never blown up here.
        (reply.Status is 502 || reply.Header("content-encoding") == "gzip").ShouldBeTrue($"{reply.Status}");
        reply.Body.Length.ShouldBeLessThan(16 * 1024 * 1024);
        await ShouldGoOnAsync(before);
    }

    [Fact]
    public async Task Call_MoreBytesThanSaid_ExtraBytesReachNobody()
    {
        var reply = await _client.CallAsync(TestedDialect.Chat, "length-too-short");
        var next = await _client.CallAsync(TestedDialect.Chat, "length-too-short");

        reply.Body.Length.ShouldBeLessThan(400);
        reply.Text.ShouldNotContain("HTTP/1.1");
        next.Text.ShouldNotContain("HTTP/1.1");
    }

    [Fact]
    public async Task Call_InjectedHeaders_ReachNobody()
    {
        var reply = await _client.CallAsync(TestedDialect.Chat, "injected");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(OpenAIChatWire.Completion());
        string[] never = ["set-cookie", "x-sluice-dropped", "openai-organization", "x-evil", "location", "alt-svc", "strict-transport-security", "access-control-allow-origin"];
        reply.Headers.Keys.Intersect(never).ShouldBeEmpty();
        reply.Header("x-request-id").ShouldNotBe("vendor-id");
    }

    [Fact]
    public async Task Call_FoldedHeader_SmugglesNothing()
    {
        var reply = await _client.CallAsync(TestedDialect.Chat, "folded");

        reply.Headers.Keys.ShouldNotContain("set-cookie");
        reply.Headers.Keys.ShouldNotContain("x-folded");
    }

    [Theory]
    [InlineData("http10")]
    [InlineData("interim")]
    [InlineData("drip")]
    [InlineData("bare-lf")]
    public async Task Call_UnusualButHarmlessAnswer_IsServedOrRefusedCleanly(string model)
    {
        var reply = await _client.CallAsync(TestedDialect.Chat, model);

        if (reply.Status == 200)
        {
            reply.Text.ShouldBe(OpenAIChatWire.Completion());
        }
        else
        {
            model.ShouldBe("bare-lf");
            reply.Status.ShouldBe(502);
        }
    }

    private async Task ShouldGoOnAsync(long before)
    {
        (_sluice.ResidentBytes - before).ShouldBeLessThan(MemoryBound);
        (await _client.CallAsync(TestedDialect.Chat, "interim")).Status.ShouldBe(200);
    }
}
