using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Rates and concurrency of a key.</summary>
public sealed partial class LimitTests : IAsyncLifetime
{
    private ScriptedUpstream _upstream = null!;
    private SluiceProcess _sluice = null!;
    private Lane _lane = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        var config = GatewayFixture.Config(_upstream, lanes: 1)
            .Key("rpm", Key("rpm"), limits: "rpm: 3")
            .Key("tpm", Key("tpm"), limits: "tpm: 1000")
            .Key("one", Key("one"), limits: "concurrency: 1")
            .Key("ruled", Key("ruled"))
            .Limit("per: key, match: ruled, rpm: 2, tpm: 5000")
            .Limit("per: model, match: 'gpt-pair-*', rpm: 1")
            .Limit("per: address, concurrency: 40")
            .Limit("per: global, rpm: 100000");
        _lane = GatewayFixture.LaneOf(_upstream, 0);
        _sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml() });
    }

    public async Task DisposeAsync()
    {
        await _sluice.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_OverTheRequestRate_IsRefusedWithATrueTime(string name)
    {
        var dialect = TestedDialect.Of(name);
        using var client = _sluice.Client(Key("rpm"));
        for (var left = 2; left >= 0; left--)
        {
            var good = await client.CallAsync(dialect, dialect.ModelOf(_lane), stream: left == 1);
            good.Status.ShouldBe(200, good.Text);
            good.Header("x-ratelimit-limit-requests").ShouldBe("3");
            good.Header("ratelimit-policy").ShouldBe("\"requests\";q=3;w=60");
            good.Header("ratelimit").ShouldNotBeNull().ShouldMatch($"^\"requests\";r={left};t=[0-9]+$");
            good.Headers.ContainsKey("anthropic-ratelimit-requests-reset").ShouldBe(name == "messages");
            good.Header("x-ratelimit-remaining-requests").ShouldBe(left.ToString(CultureInfo.InvariantCulture));
            good.Header("x-ratelimit-reset-requests").ShouldNotBeNull().ShouldMatch(DurationText().ToString());
            good.Headers.Keys.ShouldNotContain("x-ratelimit-limit-tokens");
        }

        var refused = await client.CallAsync(dialect, dialect.ModelOf(_lane));

        refused.Status.ShouldBe(429, refused.Text);
        int.Parse(refused.Header("retry-after").ShouldNotBeNull(), CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        refused.Header("x-ratelimit-limit-requests").ShouldBe("3");
        refused.Header("x-ratelimit-remaining-requests").ShouldBe("0");
        dialect.ErrorMessage(refused).ShouldNotBeEmpty();
        dialect.ErrorReason(refused).ShouldBe(name switch { "messages" => "rate_limit_error", "gemini" => "RESOURCE_EXHAUSTED", _ => "rate_limit_exceeded" });
        _lane.First.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Call_UnderARule_IsRefusedForWhomItLimits()
    {
        using var ruled = _sluice.Client(Key("ruled"));
        using var other = _sluice.Client(GatewayFixture.Key);
        var good = await ruled.CallAsync(TestedDialect.Messages, _lane.Claude);
        good.Header("anthropic-ratelimit-requests-limit").ShouldBe("2");
        good.Header("anthropic-ratelimit-requests-remaining").ShouldBe("1");
        DateTimeOffset.Parse(good.Header("anthropic-ratelimit-tokens-reset")!, CultureInfo.InvariantCulture).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromSeconds(70));
        good.Header("x-ratelimit-limit-tokens").ShouldBe("5000");
        (await ruled.CallAsync(TestedDialect.Chat, _lane.ChatPair)).Status.ShouldBe(200);

        var byKey = await ruled.CallAsync(TestedDialect.Chat, _lane.Chat);
        var byModel = await other.CallAsync(TestedDialect.Chat, _lane.ChatPair);
        var free = await other.CallAsync(TestedDialect.Chat, _lane.Chat);

        byKey.Status.ShouldBe(429, byKey.Text);
        TestedDialect.Chat.ErrorMessage(byKey).ShouldContain("This API key has used up its requests per minute");
        byModel.Status.ShouldBe(429, byModel.Text);
        TestedDialect.Chat.ErrorMessage(byModel).ShouldContain("This model has used up its requests per minute");
        int.Parse(byModel.Header("retry-after").ShouldNotBeNull(), CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        free.Status.ShouldBe(200, free.Text);
        free.Header("x-ratelimit-limit-requests").ShouldBe("100000");
    }

    [Fact]
    public async Task Call_OverTheTokenRate_IsRefused()
    {
        using var client = _sluice.Client(Key("tpm"));
        GatewayReply reply;
        var served = 0;
        do
        {
            // 120 tokens settled each; at most 20 more are reserved meanwhile.
            reply = await client.PostAsync("/v1/chat/completions", $$$"""{"model":"{{{_lane.Chat}}}","max_tokens":20,"messages":[{"role":"user","content":"hi"}]}""");
            reply.Header("x-ratelimit-limit-tokens").ShouldBe("1000");
            reply.Header("x-ratelimit-remaining-tokens").ShouldNotBeNull();
            served++;
        }
        while (reply.Status == 200 && served < 20);

        reply.Status.ShouldBe(429, reply.Text);
        int.Parse(reply.Header("retry-after").ShouldNotBeNull(), CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        _lane.First.Requests.Count.ShouldBeInRange(7, 9);
    }

    [Fact]
    public async Task Call_OverTheConcurrency_IsRefusedUntilASlotIsFree()
    {
        using var client = _sluice.Client(Key("one"));
        var gate = new TaskCompletionSource();
        _lane.First.Once(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")).Hold(gate.Task).Send(OpenAIChatWire.Finish()).Send(OpenAIChatWire.Done));
        await using var held = await client.StreamAsync(TestedDialect.Chat, _lane.Chat);
        await held.ReadUntilAsync("Hello");

        var refused = await client.CallAsync(TestedDialect.Messages, _lane.Claude);
        gate.SetResult();
        await held.ReadToEndAsync();

        refused.Status.ShouldBe(429, refused.Text);
        refused.Header("retry-after").ShouldNotBeNull();
        await ShouldBeServedAgainAsync(client);
    }

    [Fact]
    public async Task Stream_ClientLeaves_SlotIsFreeWithinTenSeconds()
    {
        using var client = _sluice.Client(Key("one"));
        _lane.First.Once(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")).Forever(OpenAIChatWire.Delta("x"), TimeSpan.FromMilliseconds(50)));
        await using (var held = await client.StreamAsync(TestedDialect.Chat, _lane.Chat))
        {
            await held.ReadUntilAsync("Hello");
        }

        await ShouldBeServedAgainAsync(client);
    }

    [Fact]
    public async Task Call_VendorFails_SlotIsFree()
    {
        using var client = _sluice.Client(Key("one"));
        _lane.First.Once(UpstreamAnswer.Broken());
        (await client.CallAsync(TestedDialect.Chat, _lane.Chat)).Status.ShouldBeGreaterThanOrEqualTo(500);

        var next = await client.CallAsync(TestedDialect.Messages, _lane.Claude);

        next.Status.ShouldBe(200, next.Text);
    }

    private async Task ShouldBeServedAgainAsync(GatewayClient client)
        => await Eventually.ValueAsync("the key's only slot", async () =>
            (await client.CallAsync(TestedDialect.Messages, _lane.Claude)) is { Status: 200 } reply ? reply : null, TimeSpan.FromSeconds(10));

    private static string Key(string name) => $"sk-client-limited-{name}-0123456789";

    [GeneratedRegex("^([0-9]+h)?([0-9]+m)?([0-9]+(\\.[0-9]+)?s)?([0-9]+ms)?$")]
    private static partial Regex DurationText();
}
