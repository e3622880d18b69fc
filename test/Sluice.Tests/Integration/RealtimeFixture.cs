using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service before scripted vendors of realtime sessions and its own simulator.</summary>
public class RealtimeFixture : IAsyncLifetime
{
    public const string Key = "sk-realtime-client-canary-0123456789";

    /// <summary>One session at the same time.</summary>
    public const string SingleKey = "sk-realtime-single-0123456789";

    /// <summary>1,500 tokens per minute.</summary>
    public const string SlowKey = "sk-realtime-slow-0123456789";

    /// <summary>Has a little more than the most that one response of <c>poor</c> can cost.</summary>
    public const string PoorKey = "sk-realtime-poor-0123456789";

    public const long PoorNanoUsd = 523_000_000;

    /// <summary>USD per million, with prices of audio.</summary>
    public const string Price = "input: 4, output: 16, cache_read: 0.4, audio_input: 32, audio_output: 64";

    private static readonly string[] Lanes = ["echo", "talk", "down", "limited", "broken", "quiet", "die", "flood", "unread"];

    /// <summary>How long a side may be stuck; hundreds of clients in one process take their time to answer a ping.</summary>
    protected virtual string Patience => "15s";

    public RealtimeUpstream Upstream { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    public GatewayClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await RealtimeUpstream.StartAsync();
        Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = Config(Upstream, Patience).ToYaml() });
        Admin = Sluice.Administrator();
    }

    public async Task DisposeAsync()
    {
        Admin.Dispose();
        await Sluice.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    public Task<RealtimeClient> OpenAsync(string model, string key = Key) => RealtimeClient.OpenAsync(Sluice.Address, $"model={model}", key);

    /// <summary>A value of <c>/metrics</c>.</summary>
    public async Task<double> GaugeAsync(string name)
    {
        var text = (await Admin.GetAsync("/metrics")).Text;
        var line = text.Split('\n').Single(one => one.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task GaugeFallsAsync(string name) => Eventually.ValueAsync($"{name} at 0", async () => await GaugeAsync(name) == 0 ? "0" : null, TimeSpan.FromSeconds(30));

    internal static SluiceConfigBuilder Config(RealtimeUpstream upstream, string patience)
    {
        var config = new SluiceConfigBuilder()
            .Server("write_timeout", patience)
            .Server("keep_alive", patience)
            .Server("detached_drain", "3s")
            .Server("drain_seconds", "2")
            .Server("max_request_bytes", "2097152")
            .Key("full", Key)
            .Key("single", SingleKey, limits: "concurrency: 1")
            .Key("slow", SlowKey, limits: "tpm: 1500")
            .Key("poor", PoorKey, budget: "usd: 0.523, per: total")
            .Simulator("sim");
        foreach (var lane in Lanes)
        {
            if (lane == "talk")
            {
                config.Provider(lane, "openai", upstream.BaseUrl(lane), [SluiceConfigBuilder.Credential("a", "sk-talk-a"), SluiceConfigBuilder.Credential("b", "sk-talk-b")]);
                config.Model(lane, SluiceConfigBuilder.Target(lane, $"gpt-realtime-{lane}", price: Price));
                continue;
            }

            config.Provider(lane, "openai", upstream.BaseUrl(lane), lane == "quiet" ? "timeouts: { idle: 1s }" : "");
            config.Model(lane, SluiceConfigBuilder.Target(lane, $"gpt-realtime-{lane}", price: Price));
        }

        // 2,112 tokens of a conversation in which nothing was said, and 32,000 of an answer whose longest nobody knows: 0.520448 USD.
        config.Model("poor", SluiceConfigBuilder.Target("sim", "sim-poor", price: "input: 4, output: 16"));
        config.Model("failover", SluiceConfigBuilder.Target("down", "gpt-a", 1, Price), SluiceConfigBuilder.Target("echo", "gpt-b", 2, Price));
        foreach (var model in new[] { "sim-realtime", "sim-realtime.slow-tokens=100", "sim-realtime.cut", "sim-realtime.no-usage", "sim-realtime.tokens=600" })
        {
            config.Model(model, SluiceConfigBuilder.Target("sim", model, price: Price));
        }

        return config;
    }
}

/// <summary>The same with little patience, for sides that are stuck or gone.</summary>
public sealed class HastyRealtimeFixture : RealtimeFixture
{
    protected override string Patience => "3s";
}
