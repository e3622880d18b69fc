using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>The pool of a real service before a scripted vendor: what is learnt of credentials, and what outlives a restart.</summary>
public sealed class PoolTests : IAsyncLifetime, IDisposable
{
    private const string ClientKey = "sk-client-pool-0123456789abcdef";
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly TempFolder _folder = new();
    private ScriptedUpstream _upstream = null!;
    private SluiceProcess _sluice = null!;
    private GatewayClient _client = null!;
    private GatewayClient _admin = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _upstream.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Conversation_KeepsItsCredentialAndOthersSpread()
    {
        var lane = Lane("pool");

        for (var i = 0; i < 30; i++)
        {
            (await CallAsync("pool", $"conversation {i}")).Status.ShouldBe(200);
            (await CallAsync("pool", $"conversation {i}", """, {"role":"assistant","content":"Hi"},{"role":"user","content":"And?"}""")).Status.ShouldBe(200);
        }

        var used = lane.Requests.Select(KeyOf).ToList();
        for (var i = 0; i < 30; i++)
        {
            used[2 * i].ShouldBe(used[(2 * i) + 1]);
        }

        used.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Window_UsedUp_TakesTheCredentialOutBeforeACallFailsAndOverARestart()
    {
        var lane = Lane("pool");
        lane.Always(request => KeyOf(request) == "a"
            ? UpstreamAnswer.Json(OpenAIChatWire.Completion()).With("x-ratelimit-limit-requests", "60").With("x-ratelimit-remaining-requests", "0").With("x-ratelimit-reset-requests", "5m0s")
            : UpstreamAnswer.Json(OpenAIChatWire.Completion()));

        await CallUntilAsync(lane, "a");
        var seen = lane.Requests.Count;
        for (var i = 0; i < 20; i++)
        {
            (await CallAsync("pool", $"after {i}")).Status.ShouldBe(200);
        }

        lane.Requests.Skip(seen).ShouldAllBe(request => KeyOf(request) != "a");
        var item = await ItemAsync("pool", "a");
        item.GetProperty("state").GetString().ShouldBe("limited");
        item.GetProperty("until").GetDateTimeOffset().ShouldBe(DateTimeOffset.UtcNow.AddMinutes(5), TimeSpan.FromSeconds(60));
        item.GetProperty("windows")[0].ToString().ShouldContain("\"remaining\":0");

        await StopAsync();
        await StartAsync();
        (await ItemAsync("pool", "a")).GetProperty("state").GetString().ShouldBe("limited");
        (await ItemAsync("pool", "b")).GetProperty("state").GetString().ShouldBe("ready");
        await _admin.PostAsync($"/api/admin/credentials/{item.GetProperty("id").GetString()}/enable", "{}");
        (await ItemAsync("pool", "a")).GetProperty("state").GetString().ShouldBe("ready");
    }

    [Fact]
    public async Task Window_UsedUpEverywhere_Is429WithTheTrueTime()
    {
        Lane("single").Always(UpstreamAnswer.Json(OpenAIChatWire.Completion())
            .With("x-ratelimit-limit-tokens", "1000").With("x-ratelimit-remaining-tokens", "0").With("x-ratelimit-reset-tokens", "90s"));

        (await CallAsync("single", "x")).Status.ShouldBe(200);
        var refused = await CallAsync("single", "x");

        refused.Status.ShouldBe(429, refused.Text);
        int.Parse(refused.Header("retry-after").ShouldNotBeNull(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(70, 90);
        Lane("single").Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Key_RefusedTwice_ExpiresAndComesBackByAFreeCall()
    {
        var lane = Lane("single");
        var refuses = true;
        lane.Always(request => refuses ? UpstreamAnswer.Json(OpenAIChatWire.Error("Incorrect API key", "invalid_request_error", "invalid_api_key"), 401)
            : request.Method == "GET" ? UpstreamAnswer.Json("""{"object":"list","data":[]}""")
            : UpstreamAnswer.Json(OpenAIChatWire.Completion()));

        (await CallAsync("single", "1")).Status.ShouldBe(502);
        (await ItemAsync("single", "k1")).GetProperty("state").GetString().ShouldBe("ready", "the first refusal may be a slip");
        (await CallAsync("single", "2")).Status.ShouldBe(502);
        (await ItemAsync("single", "k1")).GetProperty("state").GetString().ShouldBe("expired");
        var third = await CallAsync("single", "3");
        third.Status.ShouldBe(502);
        TestedDialect.Chat.ErrorReason(third).ShouldBe("upstream_credential_rejected");
        lane.Requests.Count(request => request.Method == "POST").ShouldBe(2);

        refuses = false;
        await Eventually.ValueAsync("the credential's return", async () => (await ItemAsync("single", "k1")).GetProperty("state").GetString() is "ready" ? "yes" : null);
        (await CallAsync("single", "4")).Status.ShouldBe(200);
        lane.Requests.Where(request => request.Method == "GET").ShouldAllBe(request => request.Path == "/v1/models");
        var probes = lane.Requests.Count(request => request.Method == "GET");
        for (var i = 0; i < 10; i++)
        {
            (await CallAsync("single", $"{i}")).Status.ShouldBe(200);
        }

        lane.Requests.Count(request => request.Method == "GET").ShouldBe(probes, "a credential that works is not probed");
    }

    [Fact]
    public async Task Quota_Insufficient_TakesTheCredentialOutAtOnce()
    {
        var lane = Lane("pool");
        lane.Always(request => KeyOf(request) == "b"
            ? UpstreamAnswer.Json(OpenAIChatWire.Error("You exceeded your current quota", "insufficient_quota", "insufficient_quota"), 429)
            : UpstreamAnswer.Json(OpenAIChatWire.Completion()));

        for (var i = 0; i < 30; i++)
        {
            (await CallAsync("pool", $"{i}")).Status.ShouldBe(200);
        }

        lane.Requests.Count(request => KeyOf(request) == "b").ShouldBe(1);
        var item = await ItemAsync("pool", "b");
        item.GetProperty("state").GetString().ShouldBe("disabled");
        item.GetProperty("reason").GetString().ShouldNotBeNull().ShouldContain("insufficient_quota");
        item.GetProperty("until").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(50));
    }

    [Fact]
    public async Task Errors_OfOneCredentialAlone_DisableIt_OfAll_None()
    {
        var lane = Lane("pool");
        lane.Always(request => KeyOf(request) == "c"
            ? UpstreamAnswer.Json(OpenAIChatWire.Error("boom", "server_error"), 500)
            : UpstreamAnswer.Json(OpenAIChatWire.Completion()));
        for (var i = 0; i < 60; i++)
        {
            (await CallAsync("pool", $"{i}")).Status.ShouldBe(200);
        }

        lane.Requests.Count(request => KeyOf(request) == "c" && request.Method == "POST").ShouldBeLessThan(20);
        (await ItemAsync("pool", "c")).GetProperty("last_error").GetString().ShouldNotBeNull().ShouldContain("500");

        Lane("single").Always(UpstreamAnswer.Json(OpenAIChatWire.Error("boom", "server_error"), 500));
        for (var i = 0; i < 20; i++)
        {
            (await CallAsync("single", $"{i}")).Status.ShouldBe(500);
        }

        (await ItemAsync("single", "k1")).GetProperty("state").GetString().ShouldBe("ready");
        Lane("single").Requests.Count.ShouldBe(20);
    }

    [Fact]
    public async Task Usage_OfACredential_IsInItsItem()
    {
        for (var i = 0; i < 3; i++)
        {
            (await CallAsync("single", $"{i}")).Status.ShouldBe(200);
        }

        var item = await Eventually.ValueAsync<object>("the account", async () => await ItemAsync("single", "k1") is var found && found.GetProperty("usage").GetProperty("calls").GetInt64() == 3 ? found : null);

        ((JsonElement)item).GetProperty("cost_nano_usd").GetInt64().ShouldBeGreaterThan(0);
        ((JsonElement)item).GetProperty("in_flight").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Proxy_ThatDoesNotAnswer_IsNamedAndTakesNoOtherDown()
    {
        var added = await _admin.PostAsync("/api/admin/credentials", """{"provider":"single","name":"proxied","api_key":"sk-upstream-canary-proxied","weight":50,"proxy":"socks5://user:proxy-canary@127.0.0.1:9"}""");
        added.Status.ShouldBe(201, added.Text);
        for (var i = 0; i < 10; i++)
        {
            (await CallAsync("single", $"{i}")).Status.ShouldBe(200);
        }

        var item = await ItemAsync("single", "proxied");
        item.GetProperty("last_error").GetString().ShouldBe("ConnectFailed proxy");
        var test = await _admin.PostAsync($"/api/admin/credentials/{item.GetProperty("id").GetString()}/test", """{"model":"gpt-single"}""");
        test.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        test.Json.GetProperty("message").GetString().ShouldBe("The credential's proxy 127.0.0.1:9 does not answer.");
        test.Text.ShouldNotContain("canary");
    }

    private UpstreamLane Lane(string provider) => _upstream.Lane(provider);

    private async Task StartAsync()
    {
        var config = new SluiceConfigBuilder()
            .Provider("pool", "openai", Lane("pool").OpenAIBaseUrl, Names.Select(name => SluiceConfigBuilder.Credential(name, $"sk-upstream-canary-{name}")), "pool: { disable_after: 5, recovery_probe: 1s }")
            .Provider("single", "openai", Lane("single").OpenAIBaseUrl, "pool: { disable_after: 5, recovery_probe: 1s }")
            .Model("gpt-pool", SluiceConfigBuilder.Target("pool", "gpt-pool", 1, GatewayFixture.Price))
            .Model("gpt-single", SluiceConfigBuilder.Target("single", "gpt-single", 1, GatewayFixture.Price))
            .Key("client", ClientKey);
        _sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml(), Folder = _folder });
        _client = _sluice.Client(ClientKey);
        _admin = _sluice.Administrator();
    }

    private async Task StopAsync()
    {
        _client.Dispose();
        _admin.Dispose();
        await _sluice.TerminateAsync();
        await _sluice.ExitAsync();
        await _sluice.DisposeAsync();
    }

    private Task<GatewayReply> CallAsync(string provider, string text, string more = "")
        => _client.PostAsync("/v1/chat/completions", $$"""{"model":"gpt-{{provider}}","messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}{{more}}]}""");

    private async Task CallUntilAsync(UpstreamLane lane, string name)
    {
        for (var i = 0; i < 200 && !lane.Requests.Any(request => KeyOf(request) == name); i++)
        {
            (await CallAsync("pool", $"until {i}")).Status.ShouldBe(200);
        }

        lane.Requests.ShouldContain(request => KeyOf(request) == name);
    }

    private async Task<JsonElement> ItemAsync(string provider, string name)
        => (await _admin.GetAsync("/api/admin/credentials")).Json.GetProperty("data").EnumerateArray()
            .Single(item => item.GetProperty("provider").GetString() == provider && item.GetProperty("name").GetString() == name);

    private static string KeyOf(RecordedRequest request) => request.Header("authorization")!.Replace("Bearer sk-upstream-canary-", "", StringComparison.Ordinal);
}
