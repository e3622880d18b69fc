using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Which headers travel, and which never do.</summary>
public sealed class RelayHeaderTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string ClientAddress = "203.0.113.77";

    private static readonly (string Name, string Value)[] NeverToAVendor =
    [
        ("cookie", "session=client-cookie"),
        ("forwarded", $"for={ClientAddress}"),
        ("x-forwarded-for", ClientAddress),
        ("x-forwarded-host", "client.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-anything", "1"),
        ("x-real-ip", ClientAddress),
        ("x-client-ip", ClientAddress),
        ("via", "1.1 client-proxy"),
        ("referer", "https://client.example/page"),
        ("origin", "https://client.example"),
        ("proxy-authorization", "Basic Y2xpZW50"),
        ("te", "trailers"),
        ("upgrade", "h2c"),
    ];

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_HeadersThatIdentifyTheClient_DoNotReachTheVendor(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        (string, string)[] headers = [.. NeverToAVendor, .. GatewayCalls.Headers(dialect), ("user-agent", "client-agent/1.0"), ("x-sluice-internal", "1")];

        var reply = await gateway.Client.PostAsync(dialect.Path(dialect.ModelOf(lane)), dialect.Body(dialect.ModelOf(lane)), headers);

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        foreach (var (header, _) in NeverToAVendor)
        {
            seen.Header(header).ShouldBeNull($"{header} travelled");
        }

        seen.Header("user-agent").ShouldNotBe("client-agent/1.0");
        seen.Header("x-sluice-internal").ShouldBeNull();
        var all = string.Join('\n', seen.Headers.Select(h => $"{h.Key}: {h.Value}")) + seen.RawTarget;
        all.ShouldNotContain(ClientAddress);
        all.ShouldNotContain("client.example");
        all.ShouldNotContain("127.0.0.1:" + gateway.Sluice.Address.Port, Case.Sensitive, "the gateway's own address travelled");
    }

    [Theory]
    [InlineData("chat", "authorization", "Bearer sk-upstream-canary-{0}-openai-1")]
    [InlineData("responses", "authorization", "Bearer sk-upstream-canary-{0}-openai-1")]
    [InlineData("messages", "x-api-key", "sk-upstream-canary-{0}-anthropic-1")]
    [InlineData("gemini", "x-goog-api-key", "sk-upstream-canary-{0}-gemini-1")]
    public async Task Call_AnyCarrier_IsReplacedByTheVendorsOwn(string name, string header, string value)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        foreach (var carrier in new[] { ("authorization", $"Bearer {GatewayFixture.Key}"), ("x-api-key", GatewayFixture.Key), ("x-goog-api-key", GatewayFixture.Key), ("api-key", GatewayFixture.Key) })
        {
            var path = dialect.Path(dialect.ModelOf(lane));
            var reply = await gateway.Client.PostAsync(path, dialect.Body(dialect.ModelOf(lane)), [carrier, .. GatewayCalls.Headers(dialect)]);
            reply.Status.ShouldBe(200, reply.Text);
        }

        foreach (var seen in lane.First.Requests)
        {
            seen.Header(header).ShouldBe(string.Format(System.Globalization.CultureInfo.InvariantCulture, value, lane.Name));
            seen.Headers.ShouldAllBe(h => !h.Value.Contains(GatewayFixture.Key, StringComparison.Ordinal));
            seen.RawTarget.ShouldNotContain(GatewayFixture.Key);
        }
    }

    [Fact]
    public async Task Messages_VersionAndBeta_TravelAsTheyAre()
    {
        var lane = gateway.NextLane();

        await gateway.Client.PostAsync("/v1/messages", AnthropicWire.Request(lane.Claude),
            ("anthropic-version", "2026-10-21"), ("anthropic-beta", "interleaved-thinking-2025-05-14,context-1m-2025-08-07"), ("anthropic-beta", "not-known-yet-2027-01-01"));

        var seen = await lane.First.RequestAsync();
        seen.Header("anthropic-version").ShouldBe("2026-10-21");
        seen.Header("anthropic-beta").ShouldNotBeNull().Split(',', StringSplitOptions.TrimEntries).Order()
            .ShouldBe(["context-1m-2025-08-07", "interleaved-thinking-2025-05-14", "not-known-yet-2027-01-01"]);
    }

    [Fact]
    public async Task Call_ContentType_Travels()
    {
        var lane = gateway.NextLane();

        await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), ("content-type", "application/json"));

        var seen = await lane.First.RequestAsync();
        seen.Header("content-type").ShouldNotBeNull().ShouldStartWith("application/json");
        seen.Header("transfer-encoding").ShouldBeNull("a known length needs no chunks");
    }

    [Fact]
    public async Task Call_HeaderNominatedByConnection_DoesNotTravel()
    {
        var lane = gateway.NextLane();
        using var client = await Sluice.TestKit.Raw.RawClient.ConnectAsync(gateway.Sluice.Address);
        await client.SendAsync(Sluice.TestKit.Raw.RawClient.Post("/v1/messages", AnthropicWire.Request(lane.Claude),
            $"x-api-key: {GatewayFixture.Key}", "anthropic-version: 2023-06-01", "anthropic-beta: nominated-2025-01-01", "connection: anthropic-beta"));

        // Beside close or keep-alive the server takes these words alone and shows no other name.
        (await lane.First.RequestAsync()).Header("anthropic-beta").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_VendorHeadersThatNameTheAccount_DoNotReachTheClient(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Json(dialect.Answer)
            .With("set-cookie", "vendor=1").With("set-cookie", "vendor2=1")
            .With("openai-organization", "org-secret").With("openai-project", "proj-secret")
            .With("anthropic-organization-id", "org-secret").With("anthropic-workspace-id", "wrk-secret")
            .With("x-request-id", "vendor-request").With("server", "vendor-server").With("cf-ray", "1")
            .With("access-control-allow-origin", "*").With("strict-transport-security", "max-age=1"));

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane));

        reply.Status.ShouldBe(200, reply.Text);
        string[] never = ["set-cookie", "openai-organization", "openai-project", "anthropic-organization-id", "anthropic-workspace-id", "access-control-allow-origin", "strict-transport-security"];
        reply.Headers.Keys.Intersect(never).ShouldBeEmpty();
        reply.Headers.Values.ShouldAllBe(v => !v.Contains("secret", StringComparison.Ordinal));
        reply.Header("x-request-id").ShouldNotBe("vendor-request");
    }

    [Fact]
    public async Task Call_EveryReply_CarriesARequestIdOfItsOwn()
    {
        var lane = gateway.NextLane();

        var first = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);
        var second = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat, stream: true);
        var refused = await gateway.Client.CallAsync(TestedDialect.Chat, "no-such-model");

        string?[] ids = [first.Header("x-request-id"), second.Header("x-request-id"), refused.Header("x-request-id")];
        ids.ShouldAllBe(id => !string.IsNullOrEmpty(id));
        ids.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Call_UpstreamSpeaksGzipUnasked_ClientCanReadTheAnswer()
    {
        var lane = gateway.NextLane();
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(OpenAIChatWire.Completion()));
        }

        lane.First.Always(UpstreamAnswer.Bytes(packed.ToArray(), "application/json").With("content-encoding", "gzip"));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);

        // Decoded, passed on with its encoding, or refused as a failure of the upstream: anything but unlabelled gzip.
        if (reply.Status == 200 && reply.Header("content-encoding") is null)
        {
            reply.Text.ShouldBe(OpenAIChatWire.Completion());
        }
        else
        {
            (reply.Status is 502 || reply.Header("content-encoding") == "gzip").ShouldBeTrue(reply.Text);
        }
    }
}
