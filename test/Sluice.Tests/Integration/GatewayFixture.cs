using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service before a scripted upstream, shared by the tests of a class.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public const string Key = "sk-client-canary-0123456789abcdef";
    public const string KeyName = "everything";

    /// <summary>May use the model <c>gpt-lane1</c> and names that begin with <c>allowed-</c>, nothing else.</summary>
    public const string NarrowKey = "sk-client-canary-narrow-0123456789";

    /// <summary>USD per million tokens, such that every bucket has a price of its own.</summary>
    public const string Price = "input: 1, output: 10, cache_read: 0.1, cache_write_5m: 1.25, cache_write_1h: 2";

    private const int Lanes = 56;
    private int _taken = 1;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    /// <summary>Carries <see cref="Key"/>.</summary>
    public GatewayClient Client { get; private set; } = null!;

    /// <summary>Carries the administrator's key.</summary>
    public GatewayClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = Config(Upstream).ToYaml() });
        Client = Sluice.Client(Key);
        Admin = Sluice.Administrator();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Admin.Dispose();
        await Sluice.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>A lane that no other test of the class has.</summary>
    public Lane NextLane()
    {
        var number = Interlocked.Increment(ref _taken);
        return number < Lanes ? LaneOf(Upstream, number) : throw new InvalidOperationException("Raise GatewayFixture.Lanes.");
    }

    /// <summary>The lane whose Chat model <see cref="NarrowKey"/> may use.</summary>
    public Lane NarrowLane() => LaneOf(Upstream, 0);

    /// <summary>A lane for calls that must be refused: no test may find a request there.</summary>
    public Lane RefusedLane() => LaneOf(Upstream, 1);

    /// <summary>The configuration that every fixture starts with: keys, and for each lane its providers and models.</summary>
    internal static SluiceConfigBuilder Config(ScriptedUpstream upstream, int lanes = Lanes)
    {
        var config = new SluiceConfigBuilder()
            .Server("keep_alive", "700ms")
            .Server("write_timeout", "2s")
            .Server("detached_drain", "3s")
            .Server("max_request_bytes", "2097152")
            .Server("drain_seconds", "5")
            .Key(KeyName, Key)
            .Key("narrow", NarrowKey, ["gpt-lane0", "allowed-*"]);
        for (var number = 0; number < lanes; number++)
        {
            Add(config, LaneOf(upstream, number));
        }

        return config;
    }

    internal static Lane LaneOf(ScriptedUpstream upstream, int number)
        => new($"lane{number}", upstream.Lane($"lane{number}"), upstream.Lane($"lane{number}-2"));

    private static void Add(SluiceConfigBuilder config, Lane lane)
    {
        string Name(string type, int number) => $"{lane.Name}-{type}-{number}";
        foreach (var (upstream, number) in new[] { (lane.First, 1), (lane.Second, 2) })
        {
            config.Provider(Name("openai", number), "openai", upstream.OpenAIBaseUrl);
            config.Provider(Name("anthropic", number), "anthropic", upstream.BaseUrl);
            config.Provider(Name("gemini", number), "gemini", upstream.BaseUrl);
        }

        config.Provider($"{lane.Name}-pool", "openai", lane.First.OpenAIBaseUrl,
        [
            SluiceConfigBuilder.Credential("a", SluiceConfigBuilder.UpstreamKey($"{lane.Name}-pool-a")),
            SluiceConfigBuilder.Credential("b", SluiceConfigBuilder.UpstreamKey($"{lane.Name}-pool-b")),
        ]);
        config.Provider($"{lane.Name}-hasty", "openai", lane.First.OpenAIBaseUrl, "timeouts: { connect: 1s, first_token: 400ms, idle: 1s, total: 4s }");

        void Model(string name, string type, params (int Number, string Vendor)[] targets)
            => config.Model(name, targets.Select(t => SluiceConfigBuilder.Target(Name(type, t.Number), t.Vendor, t.Number, Price)));
        Model(lane.Chat, "openai", (1, lane.Chat));
        Model(lane.Alias, "openai", (1, lane.AliasTarget));
        Model(lane.Claude, "anthropic", (1, lane.Claude));
        Model(lane.Gemini, "gemini", (1, lane.Gemini));
        Model(lane.ChatPair, "openai", (1, lane.ChatPair), (2, lane.ChatPair));
        Model(lane.ClaudePair, "anthropic", (1, lane.ClaudePair), (2, lane.ClaudePair));
        Model(lane.GeminiPair, "gemini", (1, lane.GeminiPair), (2, lane.GeminiPair));
        config.Model(lane.ChatPool, SluiceConfigBuilder.Target($"{lane.Name}-pool", lane.ChatPool, 1, Price));
        config.Model(lane.ChatHasty, SluiceConfigBuilder.Target($"{lane.Name}-hasty", lane.ChatHasty, 1, Price));
        config.Model(lane.ChatUnpriced, SluiceConfigBuilder.Target(Name("openai", 1), lane.ChatUnpriced));
    }
}
